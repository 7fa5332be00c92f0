"""Connections between people and the workspace: cut, stalled and slow."""

import asyncio

import pytest

from tests.faults.breaking import Done, talk_while
from tests.faults.conftest import Room, talking


@pytest.mark.short
async def test_every_connection_is_cut_for_two_seconds_again_and_again(room: Room) -> None:
    proxies = [front.proxy for front in room.deployment.fronts]

    async def breaking(done: Done) -> None:
        for _ in range(room.of(5)):
            for proxy in proxies:
                proxy.down()
            await asyncio.sleep(2)
            for proxy in proxies:
                proxy.up()
            await done.after(1)

    async with talking(room):
        since = await talk_while(room, 100, breaking)
        await room.converge("every connection of everyone", f"2 s, {room.of(5)} times", since)


async def test_one_line_stands_still_and_another_is_slow(room: Room) -> None:
    one, two, _ = (front.proxy for front in room.deployment.fronts)

    async def breaking(_: Done) -> None:
        one.delay = 0.05
        two.stall()
        await asyncio.sleep(10)
        two.flow()
        one.delay = 0

    async with talking(room):
        since = await talk_while(room, 100, breaking)
        await room.converge(
            "no packet reaches one process, each packet to another is delayed by 50 ms", "10 s", since
        )
