"""Lines between people and the place: cut, stalled and slow; and a guest that talks nonsense."""

import asyncio

import pytest
import websockets

from tests.faults.breaking import Done, talk_while
from tests.faults.conftest import Room, talking

GARBAGE = (
    "x" * 70_000,
    "[" * 60_000,
    "not json",
    '{"type": "shout"}',
    b"\x00\x01",
    '{"type":"post","id":"no","body":1}',
)


@pytest.mark.telling
async def test_every_connection_is_cut_for_two_seconds_again_and_again(room: Room) -> None:
    doors = [front.door for front in room.place.fronts]

    async def breaking(done: Done) -> None:
        for _ in range(room.of(5)):
            await done.after(1)
            for door in doors:
                door.down()
            await asyncio.sleep(2)
            for door in doors:
                door.up()

    async with talking(room):
        since = await talk_while(room, 100, breaking)
        await room.converge("every connection of everybody", f"2 s, {room.of(5)} times", since)


async def test_one_line_stands_still_and_another_is_slow(room: Room) -> None:
    one, two, _ = (front.door for front in room.place.fronts)

    async def breaking(done: Done) -> None:
        one.delay = 0.05
        two.stall()
        await asyncio.sleep(10)
        two.flow()
        one.delay = 0

    async with talking(room):
        since = await talk_while(room, 50, breaking)
        await room.converge(
            "nothing passes to one process, each packet waits 50 ms to another", "10 s", since
        )


async def test_a_guest_talks_nonsense(room: Room) -> None:
    front = room.place.fronts[0]
    _, session = room.sessions.popitem()

    async def breaking(done: Done) -> None:
        closed = 0
        while not done.is_set() or closed < 50:
            frame = GARBAGE[closed % len(GARBAGE)]
            address = front.url.replace("http", "ws") + f"/live/?room={room.id}"
            async with websockets.connect(
                address, origin=front.url, additional_headers={"Cookie": f"sessionid={session}"}
            ) as guest:
                with pytest.raises(websockets.ConnectionClosed):
                    for _ in range(3000):
                        await guest.send(frame)
                    while True:
                        await guest.recv()
            closed += 1

    async with talking(room, count=19):
        since = await talk_while(room, 50, breaking)
        await room.converge(
            "a guest sends garbage: huge, deep, binary, thousands of frames", "all the time", since
        )
    assert "Traceback" not in front.daphne.log.read_text()
