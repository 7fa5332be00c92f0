"""Data received before the application sees it: bodies and frames, limited per connection and in all."""

import asyncio
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from autobahn.twisted.websocket import WebSocketServerFactory
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.web.http import HTTPChannel

from hypertalk.server import intake_limits
from hypertalk.server.intake_limits import (
    BODY_SECONDS,
    EARLY_MOST,
    FRAMES_MOST,
    UNCOUNTED,
    BoundedRequest,
    BoundedSocket,
)

SLOTS = 4  # large bodies that fit at once, in these tests
LARGE = 100_000


class Daphne:
    """What requests need of a Daphne: an application is what will be answered."""

    def __init__(self) -> None:
        self.connections: dict[Any, dict[str, Any]] = {}
        self.proxy_forwarded_address_header = None
        self.root_path, self.request_buffer_size = "", 8192
        self.loop = asyncio.new_event_loop()

    def protocol_connected(self, request: Any) -> None:
        self.connections[request] = {}

    def protocol_disconnected(self, request: Any) -> None: ...

    def create_application(self, request: Any, _: Any) -> Any:
        self.connections[request]["application_instance"] = self.loop.create_future()
        return SimpleNamespace(put_nowait=lambda _: None)

    @property
    def applications(self) -> list[Any]:
        found = (each.get("application_instance") for each in self.connections.values())
        return [each for each in found if each]

    def answer(self) -> None:
        for each in self.applications:
            if not each.done():
                each.set_result(None)
        self.loop.run_until_complete(asyncio.sleep(0, None))


class Visitor:
    """A connection, and what was written to it."""

    def __init__(self, daphne: Daphne, clock: Clock) -> None:
        self.channel = HTTPChannel()
        self.channel.callLater = clock.callLater
        self.channel.requestFactory = BoundedRequest
        self.channel.factory = SimpleNamespace(server=daphne)
        self.transport = StringTransport()
        self.channel.makeConnection(self.transport)

    def posts(self, length: int, sent: int | None = None) -> None:
        head = f"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n"
        self.channel.dataReceived(head.encode() + b"x" * (length if sent is None else sent))

    def leaves(self) -> None:
        self.channel.connectionLost(Failure(ConnectionError()))

    @property
    def answer(self) -> str:
        return str(self.transport.value().decode())


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def daphne(monkeypatch: pytest.MonkeyPatch) -> Iterator[Daphne]:
    monkeypatch.setattr(intake_limits, "BODIES_MOST", SLOTS * (LARGE - UNCOUNTED))
    daphne = Daphne()
    yield daphne
    daphne.answer()
    assert BoundedRequest.in_hand == 0
    daphne.loop.close()


def test_bodies_that_never_end_take_no_more_than_their_share(daphne: Daphne, clock: Clock) -> None:
    """A hundred bodies without their last byte: no more memory than for a few, and messages get through all the while."""
    slow = [Visitor(daphne, clock) for _ in range(100)]
    for each in slow:
        each.posts(LARGE + 1, sent=LARGE)
    refused = [each for each in slow if "503" in each.answer]
    assert len(refused) == len(slow) - SLOTS
    assert "Retry-After: 5" in refused[0].answer
    assert refused[0].transport.disconnecting
    Visitor(daphne, clock).posts(UNCOUNTED)
    assert len(daphne.applications) == 1
    slow[0].leaves()
    Visitor(daphne, clock).posts(LARGE)
    assert len(daphne.applications) == 2
    for each in slow[1:]:
        each.leaves()


def test_a_body_counts_until_the_application_is_done_with_it(daphne: Daphne, clock: Clock) -> None:
    """Not only until its client disconnects: a request that waits for an unreachable database is still in memory."""
    for _ in range(SLOTS):
        gone = Visitor(daphne, clock)
        gone.posts(LARGE)
        gone.leaves()
    late = Visitor(daphne, clock)
    late.posts(LARGE)
    assert "503" in late.answer
    daphne.answer()
    Visitor(daphne, clock).posts(LARGE)
    assert len(daphne.applications) == SLOTS + 1


def test_nobody_sends_a_body_for_ever(daphne: Daphne, clock: Clock) -> None:
    slow, quick = Visitor(daphne, clock), Visitor(daphne, clock)
    slow.posts(LARGE, sent=1)
    quick.posts(LARGE)
    for _ in range(BODY_SECONDS // 10):
        slow.channel.dataReceived(b"x")
        clock.advance(10)
    assert "408" in slow.answer
    assert slow.transport.disconnecting
    assert not quick.answer
    slow.channel.dataReceived(b"x" * LARGE)
    assert len(daphne.applications) == 1


HANDSHAKE = (
    b"GET /live/ HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


class Socket(BoundedSocket):
    """Daphne's class without a Daphne. ``heard`` are whole messages; ``answered`` is set by the handshake."""

    def __init__(self) -> None:
        super().__init__()
        self.factory = WebSocketServerFactory()
        self.heard: list[bytes] = []
        self.answered: Deferred[None] = Deferred()
        transport = StringTransport()
        transport.unregisterProducer = lambda: None  # as in real ones, which accept a missing producer
        self.makeConnection(transport)

    def onConnect(self, request: Any) -> Any:  # noqa: N802 - autobahn's name
        self.request = request
        return self.answered

    def onOpen(self) -> None: ...  # noqa: N802

    def onMessage(self, payload: bytes, _: bool) -> None:  # noqa: N802
        self.heard.append(payload)

    def onClose(self, *_: Any) -> None: ...  # noqa: N802

    def __repr__(self) -> str:
        return "<Socket>"


@pytest.fixture
def socket() -> Socket:
    """A socket after its handshake."""
    socket = Socket()
    socket.dataReceived(HANDSHAKE)
    socket.answered.callback(None)
    assert socket.state == socket.STATE_OPEN
    return socket


def frame(head: int, payload: bytes = b"") -> bytes:
    return bytes((head, 0x80 | len(payload))) + b"\0\0\0\0" + payload


@pytest.mark.parametrize(
    "flood",
    [frame(0x01) + frame(0x00) * 20_000, frame(0x89, b"?") * 20_000, frame(0x8A) * 20_000],
    ids=["a message in endless pieces", "pings", "pongs"],
)
def test_frames_that_are_no_message_are_counted(socket: Socket, flood: bytes) -> None:
    """Each costs as much as a message, and fragments are buffered until the message ends; the application sees none."""
    socket.dataReceived(flood)
    assert socket.state == socket.STATE_CLOSED
    assert len(getattr(socket, "message_data", [])) <= FRAMES_MOST + 1


def test_a_page_s_own_frames_are_let_through(socket: Socket) -> None:
    for _ in range(FRAMES_MOST // 4):
        socket.dataReceived(frame(0x01, b"a") + frame(0x80, b"b") + frame(0x8A) + frame(0x81, b"ab") * 5)
    assert socket.state == socket.STATE_OPEN
    assert socket.heard == [b"ab"] * (6 * (FRAMES_MOST // 4))


def test_a_handshake_is_answered_once_whatever_else_comes_meanwhile() -> None:
    """A second one would be an error in the log, and other data would be buffered without a limit."""
    socket = Socket()
    socket.dataReceived(HANDSHAKE)
    socket.dataReceived(frame(0x81, b"early"))
    socket.answered.callback(None)
    assert socket.heard == [b"early"]

    twice = Socket()
    twice.dataReceived(HANDSHAKE + HANDSHAKE)
    first = twice.request
    twice.dataReceived(b"x" * EARLY_MOST)
    assert twice.request is first
    assert twice.state == twice.STATE_CLOSED
    assert not twice.transport.value()
