"""Redis: killed and restarted, paused, unreachable for one process, out of memory. Frames are hints; nothing is lost."""

import asyncio
import signal

import pytest

from tests.faults.breaking import Done, talk_while
from tests.faults.conftest import Room, talking


@pytest.mark.short
async def test_redis_is_killed_and_started_anew(room: Room) -> None:
    redis = room.deployment.redis

    async def breaking(done: Done) -> None:
        for _ in range(room.of(3)):
            redis.stop()
            await asyncio.sleep(1)
            await asyncio.to_thread(redis.start)
            await done.after(1)

    async with talking(room):
        since = await talk_while(room, 100, breaking)
        await room.converge("Redis killed and restarted", f"1 s, {room.of(3)} times", since)


async def test_redis_is_paused_for_ten_seconds(room: Room) -> None:
    redis = room.deployment.redis

    async def breaking(_: Done) -> None:
        redis.signal(signal.SIGSTOP)
        try:
            await asyncio.sleep(10)
        finally:
            redis.signal(signal.SIGCONT)

    async with talking(room):
        since = await talk_while(room, 100, breaking)
        await room.converge("Redis stalls", "10 s", since)


async def test_redis_is_out_of_reach_of_one_process(room: Room) -> None:
    way = room.deployment.fronts[1].redis

    async def breaking(_: Done) -> None:
        way.down()
        await asyncio.sleep(5)
        way.up()

    async with talking(room):
        since = await talk_while(room, 100, breaking)
        await room.converge("Redis out of reach of one of three processes", "5 s", since)


async def test_redis_is_out_of_memory(room: Room) -> None:
    redis = room.deployment.redis

    async def breaking(_: Done) -> None:
        redis.command("CONFIG", "SET", "maxmemory-policy", "noeviction")
        redis.command("CONFIG", "SET", "maxmemory", "1")
        try:
            await asyncio.sleep(5)
        finally:
            redis.command("CONFIG", "SET", "maxmemory", "0")
        assert "errorstat_OOM" in redis.command("INFO", "errorstats"), "nobody wanted to write"

    async with talking(room):
        since = await talk_while(room, 100, breaking)
        await room.converge("Redis is out of memory and refuses writes", "5 s", since)
