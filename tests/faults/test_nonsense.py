"""A client that sends garbage, huge, deep, endless and thousands of frames; and one that pings and never reads."""

import asyncio
import contextlib
import itertools
import os
import struct
from collections.abc import Iterator

import websockets

from tests.faults.breaking import Done, talk_while
from tests.faults.conftest import Room, talking
from tests.faults.weight import Scales

SAID = 100  # messages by each
PEAK_MOST = 100_000  # kilobytes that the process may grow, at any moment
TIMES = 100  # times that a client connects, at least
PINGS = 20_000_000  # bytes, of which the kernel buffers a few hundred thousand

MASK = b"\0\0\0\0"


def frame(payload: bytes, head: int = 0x81) -> bytes:
    """A client's frame with any first byte: the end flag, reserved bits and the opcode."""
    length = len(payload)
    if length < 126:
        return bytes((head, 0x80 | length)) + MASK + payload
    if length < 65_536:
        return bytes((head, 0xFE)) + struct.pack(">H", length) + MASK + payload
    return bytes((head, 0xFF)) + struct.pack(">Q", length) + MASK + payload


def garbage() -> Iterator[bytes]:
    """Data to send, piece by piece; each piece ends the connection."""
    key = "0197f9d2-0000-7000-8000-000000000001"
    yield from (
        frame(b"not json"),
        frame(b'{"type": "shout"}') * 1_000,  # one may be of a newer release, so many are not
        frame(b'{"type":"post","id":"no","body":1}'),
        frame(b'{"type":"post","id":"' + key.encode() + b'"}'),
        frame(b'{"type":"read","seq":' + b"9" * 5000 + b"}"),
        frame(b'{"type":"read","seq":-1}'),
        frame(b'{"type":"read","seq":1e999}'),
        frame(b"\x00\x01", 0x82),  # binary
        frame(b"\xff\xfe\xfd"),  # no UTF-8
        frame(b"[" * 60_000),  # deep
        frame(b'{"a":' * 12_000),
        frame(b"x" * 70_000),  # huge
        frame(b"x" * 5_000_000),
        frame(b"x", 0xF1),  # reserved bits
        frame(b"x", 0x83),  # an unknown opcode
        frame(b"x" * 4000, 0x89),  # a ping that is too long
        frame(b"x", 0x80),  # a continuation of nothing
        b"\x81\x05hello",  # not masked
        b"\x81\xff" + b"\xff" * 8 + MASK,  # announced length: 2 to the 64th, less one
        frame(b"x" * 1000, 0x01) + frame(b"x" * 1000, 0x00) * 1000,  # a message without an end
        frame(b"?") * 20_000,  # thousands at once
        frame(b'{"type":"read","seq":1}') * 5_000,
        os.urandom(100_000),
    )


async def visit(room: Room, session: str) -> websockets.ClientConnection:
    """Connect directly to the process, without the pings and pongs by which a client detects a dead connection."""
    url = room.deployment.fronts[0].daphne.url
    return await websockets.connect(
        url.replace("http", "ws") + f"/live/?room={room.id}",
        origin=url,
        additional_headers={"Cookie": f"sessionid={session}"},
        ping_interval=None,
        max_queue=None,  # the room's frames are read and dropped, or the close frame would not be seen behind them
    )


async def drained(guest: websockets.ClientConnection) -> None:
    """Wait until written data is sent. Raises ConnectionError if the server closed the connection."""
    while guest.transport.get_write_buffer_size() > 1_000_000:  # noqa: ASYNC110 - transports have no event for it
        await asyncio.sleep(0.01)
    if guest.transport.is_closing():
        raise ConnectionResetError


async def ended(guest: websockets.ClientConnection, within: float = 30) -> None:
    """The server closed the connection."""
    async with asyncio.timeout(within):
        await guest.wait_closed()


async def test_a_guest_talks_nonsense(room: Room) -> None:
    daphne = room.deployment.fronts[0].daphne
    _, session = room.sessions.popitem()
    scales = Scales(daphne.pid)
    log = len(daphne.log.read_text())

    async def breaking(done: Done) -> None:
        for count, piece in enumerate(itertools.cycle(garbage())):
            guest = await visit(room, session)
            guest.transport.write(piece)
            await ended(guest)
            if done.is_set() and count >= TIMES:
                break

    async with talking(room, count=19):
        since = await talk_while(room, SAID, breaking)
        await room.converge(
            "a guest sends garbage: huge, deep, endless, thousands of frames", "all the time", since
        )
    logged = daphne.log.read_text()[log:]
    for word in ("Traceback", "Unhandled", "ERROR"):
        assert word not in logged, logged[:5000]
    assert scales.grown < PEAK_MOST


async def test_a_guest_asks_and_never_listens_to_the_answers(room: Room) -> None:
    """Each ping is answered by a pong of the same size. A client that reads none is dropped before it uses much memory."""
    daphne = room.deployment.fronts[0].daphne
    _, session = room.sessions.popitem()
    scales = Scales(daphne.pid)

    async def breaking(_: Done) -> None:
        for _ in range(2):
            guest = await visit(room, session)
            guest.transport.pause_reading()
            sent = 0
            with contextlib.suppress(ConnectionError):
                async with asyncio.timeout(60):
                    while sent < PINGS:
                        guest.transport.write(frame(b"?" * 125, 0x89) * 500)
                        sent += 500 * 131
                        await drained(guest)
            assert sent < PINGS, f"{sent} bytes of pings were answered"
            guest.transport.abort()

    await breaking(Done())  # while nobody posts: no frame of ours detects that they do not read
    async with talking(room, count=19):
        since = await talk_while(room, SAID, breaking)
        await room.converge("a guest pings, and never reads an answer", "all the time", since)
    assert scales.grown < PEAK_MOST
