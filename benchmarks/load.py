"""Many WebSockets in one thread: opened, read without understanding more than frames, and timed."""

import base64
import json
import os
import select
import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from uuid import uuid4

TEXT, CLOSE, PING = 1, 8, 9


@dataclass(eq=False)
class Reader:
    """One socket. ``messages`` counts text frames that hold ``Crowd.mark``."""

    connection: socket.socket
    room: str = ""
    messages: int = 0
    buffer: bytearray = field(default_factory=bytearray)

    def send(self, text: str) -> None:
        """A masked text frame, as clients must send them. Waits if the kernel's buffer is full."""
        payload = text.encode()
        length = len(payload)
        head = bytes((0x81, 0x80 | length)) if length < 126 else b"\x81\xfe" + length.to_bytes(2)
        self.connection.sendall(head + b"\0\0\0\0" + payload)


class Crowd:
    """All sockets of a scenario. ``heard`` is called with each text frame that holds ``mark``, and its time."""

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
        """Handshake; the answer is awaited."""
        connection = socket.create_connection(("127.0.0.1", self.port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        key = base64.b64encode(os.urandom(16)).decode()
        host = f"127.0.0.1:{self.port}"
        connection.sendall(
            f"GET {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            f"Cookie: sessionid={session}\r\n\r\n".encode()
        )
        received = b""
        while b"\r\n\r\n" not in received:
            part = connection.recv(4096)
            if not part:
                raise ConnectionError(received)
            received += part
        head, _, rest = received.partition(b"\r\n\r\n")
        if b" 101 " not in head:
            raise ConnectionError(head)
        return self.adopt(connection, room, rest)

    def adopt(self, connection: socket.socket, room: str = "", received: bytes = b"") -> Reader:
        """Read a connection that is open already, of which this much came."""
        reader = Reader(connection, room)
        reader.buffer += received
        self.readers.append(reader)
        self._by_number[connection.fileno()] = reader
        self._poll.register(connection.fileno(), select.EPOLLIN)
        self._take(reader, time.perf_counter())
        return reader

    def read(self, seconds: float) -> None:
        """Take in what comes, waiting at most so long for the first."""
        for number, _ in self._poll.poll(seconds, 512):
            reader = self._by_number[number]
            data = reader.connection.recv(1 << 18)
            if not data:
                raise ConnectionError("the server closed a socket")
            reader.buffer += data
            self._take(reader, time.perf_counter())

    def until(self, there: Callable[[], bool], seconds: float = 60) -> None:
        """In steps of ``pause`` where CPU is measured: a reader that sleeps before each frame makes its sender pay."""
        deadline = time.monotonic() + seconds
        while not there():
            if self.pause:
                time.sleep(self.pause)
            self.read(0.5)
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.total} frames came")

    def settle(self, seconds: float = 0.3) -> None:
        """Read until nothing comes for so long."""
        quiet = time.monotonic()
        while time.monotonic() - quiet < seconds:
            if self._poll.poll(0.05, 1):
                self.read(0)
                quiet = time.monotonic()

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
            elif opcode == CLOSE:
                raise ConnectionError(f"closed with {int.from_bytes(buffer[start : start + 2])}")
            at = start + length
        del buffer[:at]


def post(body: str) -> str:
    """A message for the room that a hypertalk socket shows."""
    return json.dumps({"type": "post", "id": str(uuid4()), "body": body})


def percentile(values: Iterable[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
