"""Daphnes: killed one by one, shut down in the middle of a burst, all at once."""

import asyncio
import itertools

import pytest

from tests.faults.breaking import Done, talk_while
from tests.faults.conftest import Room, talking


@pytest.mark.short
async def test_one_process_is_killed_every_five_seconds(room: Room) -> None:
    daphnes = itertools.cycle(front.daphne for front in room.deployment.fronts)

    async def breaking(_: Done) -> None:
        for daphne in itertools.islice(daphnes, room.of(3)):
            daphne.kill()
            await asyncio.to_thread(daphne.start)
            await asyncio.sleep(4)

    async with talking(room):
        since = await talk_while(room, 150, breaking)
        await room.converge(
            "one process after the other killed (SIGKILL) and restarted",
            f"every 5 s, {room.of(3)} times",
            since,
        )


async def test_a_process_is_sent_home_in_the_middle_of_a_burst(room: Room) -> None:
    daphne = room.deployment.fronts[0].daphne

    async def breaking(_: Done) -> None:
        await asyncio.to_thread(daphne.stop)
        await asyncio.to_thread(daphne.start)

    async with talking(room):
        since = await talk_while(room, 100, breaking)
        await room.converge("a process stopped (SIGTERM) in a burst, and restarted", "once", since)


async def test_all_processes_are_killed_at_once(room: Room) -> None:
    daphnes = [front.daphne for front in room.deployment.fronts]

    async def breaking(_: Done) -> None:
        for daphne in daphnes:
            daphne.kill()
        await asyncio.sleep(2)
        await asyncio.gather(*(asyncio.to_thread(daphne.start) for daphne in daphnes))

    async with talking(room):
        since = await talk_while(room, 100, breaking)
        await room.converge("all processes killed at once", "2 s and the time to start", since)
