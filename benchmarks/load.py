"""Many WebSockets in one thread: opened, read without parsing more than frames, and timed."""

import base64
import json
import os
import select
import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from uuid import uuid4

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


@dataclass(eq=False)
class Reader:
    """One socket. ``messages`` counts text frames that contain ``Crowd.mark``."""

    connection: socket.socket
    room: str = ""
    messages: int = 0
    buffer: bytearray = field(default_factory=bytearray)

    def send(self, text: str) -> None:
        """Blocks if the kernel's buffer is full."""
        self._write(TEXT, text.encode())

    def pong(self, payload: bytes) -> None:
        """Answer a ping as browsers do; otherwise the server drops the socket after a while."""
        self._write(PONG, payload)

    def _write(self, opcode: int, payload: bytes) -> None:
        """Write one masked frame, as the protocol requires of clients."""
        length = len(payload)
        size = bytes((0x80 | length,)) if length < 126 else b"\xfe" + length.to_bytes(2)
        self.connection.sendall(bytes((0x80 | opcode,)) + size + b"\0\0\0\0" + payload)


@dataclass(eq=False)
class Handshake:
    """One handshake in progress. ``rest`` is what came after the response, ``buffer`` the kernel's buffer in bytes."""

    port: int
    path: str
    session: str
    buffer: int = 0
    asked: bool = False
    rest: bytes = b""
    connection: socket.socket = field(default_factory=socket.socket)
    _received: bytes = b""

    def __post_init__(self) -> None:
        if self.buffer:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self.buffer)
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connection.setblocking(False)
        self.connection.connect_ex(("127.0.0.1", self.port))

    def ask(self) -> None:
        """Send the request as soon as the socket is connected."""
        self.connection.setblocking(True)
        key = base64.b64encode(os.urandom(16)).decode()
        host = f"127.0.0.1:{self.port}"
        self.connection.sendall(
            f"GET {self.path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            f"Cookie: sessionid={self.session}\r\n\r\n".encode()
        )
        self.asked = True

    def is_answered(self) -> bool:
        """Read a part of the response. Raises ConnectionError if the handshake is refused."""
        part = self.connection.recv(4096)
        self._received += part
        head, end, self.rest = self._received.partition(b"\r\n\r\n")
        if not part or (end and b" 101 " not in head):
            raise ConnectionError(head)
        return bool(end)


class Crowd:
    """All sockets of a scenario. ``heard`` is called with each text frame that contains ``mark``, and its time."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.mark = b"\0"
        self.readers: list[Reader] = []
        self.heard: Callable[[Reader, bytes, float], None] = lambda *_: None
        self.total = 0
        self.pause = 0.0
        self._poll = select.epoll()
        self._by_number: dict[int, Reader] = {}

    def open(self, path: str, session: str, room: str = "") -> Reader:
        """Open one socket and wait for the handshake."""
        return self.open_all(path, [session], room)[0]

    def open_all(
        self, path: str, sessions: Iterable[str], room: str = "", seconds: float = 120
    ) -> list[Reader]:
        """Open all sockets at once, without waiting for each other, and wait for all handshakes."""
        handshakes = [Handshake(self.port, path, session) for session in sessions]
        waiting = {handshake.connection.fileno(): handshake for handshake in handshakes}
        found: dict[Handshake, Reader] = {}
        deadline = time.monotonic() + seconds
        with select.epoll() as poll:
            for number in waiting:
                poll.register(number, select.EPOLLOUT)
            while waiting:
                for number, _ in poll.poll(0.1):
                    handshake = waiting[number]
                    if not handshake.asked:
                        handshake.ask()
                        poll.modify(number, select.EPOLLIN)
                    elif handshake.is_answered():
                        poll.unregister(number)
                        del waiting[number]
                        found[handshake] = self.adopt(handshake.connection, room, handshake.rest)
                self.read(0)  # open sockets receive already
                if time.monotonic() > deadline:
                    raise TimeoutError(f"{len(found)} of {len(handshakes)} were let in")
        return [found[handshake] for handshake in handshakes]

    def adopt(self, connection: socket.socket, room: str = "", received: bytes = b"") -> Reader:
        """Read from a connection that is open already, of which ``received`` was read."""
        reader = Reader(connection, room)
        reader.buffer += received
        self.readers.append(reader)
        self._by_number[connection.fileno()] = reader
        self._poll.register(connection.fileno(), select.EPOLLIN)
        self._take(reader, time.perf_counter())
        return reader

    def read(self, seconds: float) -> None:
        """Read what arrives, waiting at most ``seconds`` for the first."""
        for number, _ in self._poll.poll(seconds, 512):
            reader = self._by_number[number]
            data = reader.connection.recv(1 << 18)
            if not data:
                raise ConnectionError("the server closed a socket")
            reader.buffer += data
            self._take(reader, time.perf_counter())

    def until(self, there: Callable[[], bool], seconds: float = 60) -> None:
        """Read in steps of ``pause`` where CPU is measured: a reader that sleeps before each frame slows its sender."""
        deadline = time.monotonic() + seconds
        while not there():
            if self.pause:
                time.sleep(self.pause)
            self.read(0.5)
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.total} frames came")

    def settle(self, seconds: float = 0.3) -> None:
        """Read until nothing arrives for ``seconds``."""
        quiet = time.monotonic()
        while time.monotonic() - quiet < seconds:
            if self._poll.poll(0.05, 1):
                self.read(0)
                quiet = time.monotonic()

    def drop(self, reader: Reader) -> None:
        """Close one socket without a closing handshake."""
        self.readers.remove(reader)
        del self._by_number[reader.connection.fileno()]
        self._poll.unregister(reader.connection)
        reader.connection.close()

    def close(self) -> None:
        for reader in self.readers:
            reader.connection.close()
        self._poll.close()

    def _take(self, reader: Reader, now: float) -> None:
        buffer = reader.buffer
        at = 0
        while len(buffer) - at >= 2:
            opcode, length, start = buffer[at] & 15, buffer[at + 1] & 127, at + 2
            if length >= 126:
                size = 2 if length == 126 else 8
                length, start = int.from_bytes(buffer[start : start + size]), start + size
            if len(buffer) < start + length:
                break
            if opcode == TEXT:
                if buffer.find(self.mark, start, start + length) >= 0:
                    reader.messages += 1
                    self.total += 1
                    self.heard(reader, bytes(buffer[start : start + length]), now)
            elif opcode == PING:
                reader.pong(bytes(buffer[start : start + length]))
            elif opcode == CLOSE:
                raise ConnectionError(f"closed with {int.from_bytes(buffer[start : start + 2])}")
            at = start + length
        del buffer[:at]


def post(body: str) -> str:
    """A message to the open room of a hypertalk socket."""
    return json.dumps({"type": "post", "id": str(uuid4()), "body": body})


def percentile(values: Iterable[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
