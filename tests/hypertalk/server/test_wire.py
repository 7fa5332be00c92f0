"""The fast path out: valid frames, in order, with a limit; and the private parts it relies on still exist."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from autobahn.twisted.websocket import WebSocketServerFactory
from autobahn.websocket.protocol import TrafficStats
from daphne.ws_protocol import WebSocketProtocol
from twisted.internet import tcp

from chat.live.access import Credentials
from chat.live.connections import MAX_BUFFERED, TRY_AGAIN, Connection, Queue
from chat.live.frames import Frame, encode
from chat.models import Person
from hypertalk.server.server import SERVICE_RESTART
from hypertalk.server.wire import SEND_BUFFER, Wire, missing_parts, wire_of


class Reactor:
    """What a transport calls on its reactor when it begins to read and write."""

    def __init__(self) -> None:
        self.writers: set[Any] = set()

    def addReader(self, _: Any) -> None: ...  # noqa: N802 - Twisted's name

    def removeReader(self, _: Any) -> None: ...  # noqa: N802

    def addWriter(self, writer: Any) -> None:  # noqa: N802
        self.writers.add(writer)

    def removeWriter(self, writer: Any) -> None:  # noqa: N802
        self.writers.discard(writer)


@pytest.fixture
def connection() -> Iterator[tuple[Any, socket.socket]]:
    """An open WebSocket of Daphne's own classes on a real connection, and the reader's end of it."""
    listening = socket.create_server(("127.0.0.1", 0))
    reader = socket.create_connection(listening.getsockname())
    ours, _ = listening.accept()
    ours.setblocking(False)
    protocol = WebSocketProtocol()
    protocol.factory = WebSocketServerFactory()
    protocol.transport = tcp.Server(ours, protocol, reader.getsockname(), None, 0, Reactor())  # type: ignore[arg-type]
    protocol.state = protocol.STATE_OPEN
    yield protocol, reader
    for one in (ours, reader, listening):
        one.close()


def test_what_the_wire_leans_on_is_there(connection: Any) -> None:
    protocol, _ = connection
    assert missing_parts(protocol) == []
    assert isinstance(wire_of(protocol), Wire)
    assert protocol.transport.socket.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) <= 2 * SEND_BUFFER


@pytest.mark.parametrize("part", ["_tempDataBuffer", "_tempDataLen", "dataBuffer", "offset", "socket"])
def test_without_one_of_its_parts_there_is_no_wire(connection: Any, part: str) -> None:
    protocol, _ = connection
    setattr(protocol.transport, part, None)
    assert wire_of(protocol) is None


def test_with_tls_in_the_process_there_is_no_wire(connection: Any) -> None:
    protocol, _ = connection
    protocol.transport.TLS = True
    assert wire_of(protocol) is None


def test_frames_go_straight_out_and_in_order_when_the_reader_is_slow(connection: Any) -> None:
    protocol, reader = connection
    wire = wire_of(protocol)
    assert wire
    assert wire.write(b"first") == 0
    assert reader.recv(100) == b"first"
    sent = b""
    number = 0
    while not protocol.transport._tempDataBuffer:  # until the kernel's buffer is full
        frame = f"{number:08}".encode() * 1000
        wire.write(frame)
        sent += frame
        number += 1
    waiting = wire.write(b"last")
    sent += b"last"
    assert waiting == wire.waiting() > 0
    received = b""
    while len(received) < len(sent):
        received += reader.recv(1 << 20)
        if protocol.transport.reactor.writers:
            protocol.transport.doWrite()
    assert received == sent
    assert wire.waiting() == 0
    assert wire.write(b"straight again") == 0
    assert reader.recv(100) == b"straight again"


@pytest.mark.parametrize("state", ["STATE_CONNECTING", "STATE_CLOSING", "STATE_CLOSED"])
def test_nothing_is_written_unless_the_socket_is_open(connection: Any, state: str) -> None:
    protocol, reader = connection
    wire = wire_of(protocol)
    assert wire
    protocol.state = getattr(protocol, state)
    wire.write(b"too early or too late")
    wire.close(SERVICE_RESTART)
    reader.setblocking(False)
    with pytest.raises(BlockingIOError):
        reader.recv(100)


def test_a_connection_that_is_gone_is_no_error(connection: Any) -> None:
    protocol, reader = connection
    wire = wire_of(protocol)
    assert wire
    reader.close()
    for _ in range(3):
        wire.write(b"x" * 1000)


@pytest.mark.parametrize("length", [0, 125, 126, 65_535, 65_536])
def test_a_frame_is_what_autobahn_would_send(length: int) -> None:
    text = "é" * (length // 2) + "x" * (length % 2)
    sent: list[bytes] = []
    protocol = WebSocketProtocol()
    protocol.factory = WebSocketServerFactory()
    protocol.state = protocol.STATE_OPEN
    protocol.logFrames = protocol.logOctets = protocol.maskServerFrames = False
    protocol.trafficStats = TrafficStats()
    protocol.sendData = lambda data, *_, **__: sent.append(data)
    protocol.sendFrame(opcode=1, payload=text.encode())
    assert encode(text) == b"".join(sent)


class FakeWire:
    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.closed: list[int] = []
        self.waiting = 0

    def write(self, frame: bytes) -> int:
        self.sent.append(frame)
        return self.waiting

    def close(self, code: int) -> None:
        self.closed.append(code)


def make_socket(**options: Any) -> Connection:
    async def send(message: Any) -> None:
        raise AssertionError

    credentials = Credentials("1", "key", "hash")
    return Connection(Person(pk=1), credentials, **{"shows": None, "send": send} | options)


def test_frames_wait_until_the_socket_is_let_in() -> None:
    wire = FakeWire()
    socket = make_socket(wire=wire)
    socket.send(Frame("first"))
    assert not wire.sent
    socket.start()
    socket.send(Frame("second"))
    assert wire.sent == [encode("first"), encode("second")]


def test_a_socket_dismissed_on_its_way_in_is_closed_as_soon_as_it_is_open() -> None:
    wire = FakeWire()
    socket = make_socket(wire=wire)
    socket.send(Frame("not for them any more"))
    socket.close(4401)
    assert not wire.closed
    socket.start()
    assert (wire.sent, wire.closed) == ([], [4401])


def test_too_much_that_waits_closes_the_socket() -> None:
    wire = FakeWire()
    socket = make_socket(wire=wire)
    socket.start()
    wire.waiting = MAX_BUFFERED + 1
    socket.send(Frame("one too many"))
    socket.send(Frame("not heard"))
    assert socket.closed
    assert wire.closed == [TRY_AGAIN]
    assert len(wire.sent) == 1


async def test_without_a_wire_codes_are_those_an_application_may_send() -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    socket = make_socket(send=send)
    socket.start()
    assert isinstance(socket._queue, Queue)
    socket.send(Frame("dropped with the rest"))
    socket.close(SERVICE_RESTART)
    await socket._queue._writer
    assert sent == [{"type": "websocket.close", "code": 4012}]
