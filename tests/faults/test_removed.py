"""Removed people stay out, during faults. Each of these removes people and breaks something, and no process is
notified: the one that removes them has no Redis, does not know that it is done, or dies before it publishes.
"""

import asyncio
import contextlib
import itertools
import signal
import time

import pytest

from tests.faults.conftest import Room
from tests.faults.out import HEARTBEAT, SLACK, WAYS, Fault, members_of, nothing_more_is_heard, put_out
from tests.faults.talker import Talker
from tests.faults.test_nonsense import garbage, visit

PASSWORDS = {"oldpassword": "talk-to-me", "password1": "another-fine-one", "password2": "another-fine-one"}


async def nothing_else(room: Room) -> None:
    await put_out(room)


async def redis_stalls(room: Room) -> None:
    room.deployment.redis.signal(signal.SIGSTOP)
    try:
        await put_out(room)
        await asyncio.sleep(3)
    finally:
        room.deployment.redis.signal(signal.SIGCONT)


async def redis_is_killed(room: Room) -> None:
    room.deployment.redis.stop()
    try:
        await put_out(room)
    finally:
        await asyncio.to_thread(room.deployment.redis.start)


async def one_process_is_out_of_reach_of_redis(room: Room) -> None:
    way = room.deployment.fronts[1].redis
    way.down()
    await put_out(room)
    await asyncio.sleep(3)
    way.up()


async def redis_has_no_memory(room: Room) -> None:
    redis = room.deployment.redis
    redis.command("CONFIG", "SET", "maxmemory-policy", "noeviction")
    redis.command("CONFIG", "SET", "maxmemory", "1")
    try:
        await put_out(room)
        await asyncio.sleep(3)
    finally:
        redis.command("CONFIG", "SET", "maxmemory", "0")


async def processes_are_killed_or_stopped(room: Room) -> None:
    """One by one, so that their pages reconnect to another process before it has received any event."""
    going = asyncio.create_task(put_out(room))
    for front, end in zip(room.deployment.fronts, ("kill", "stop", "kill"), strict=True):
        await asyncio.to_thread(getattr(front.daphne, end))
        await asyncio.to_thread(front.daphne.start)
    await going


async def every_connection_is_cut(room: Room) -> None:
    going = asyncio.create_task(put_out(room))
    while not going.done():
        await asyncio.sleep(0.5)
        for front in room.deployment.fronts:
            front.proxy.cut()
    await going


async def one_connection_stalls_and_another_is_slow(room: Room) -> None:
    one, two, _ = (front.proxy for front in room.deployment.fronts)
    one.delay = 0.05
    two.stall()
    await put_out(room)
    await asyncio.sleep(3)
    two.flow()
    one.delay = 0


async def the_database_is_out_of_reach_of_one_process(room: Room) -> None:
    """It receives events, and can't query who may receive them."""
    way = room.deployment.fronts[1].database
    going = asyncio.create_task(put_out(room))
    while not going.done():
        way.down()
        await asyncio.sleep(0.7)
        way.up()
        await asyncio.sleep(0.3)
    await going


async def postgres_ends_and_recovers(room: Room) -> None:
    """Before and after: a process that receives a frame can't query just then who may see it."""
    await asyncio.to_thread(room.deployment.postgres.restart)
    await put_out(room)
    await asyncio.to_thread(room.deployment.postgres.restart)


async def the_answer_to_the_commit_is_lost(room: Room) -> None:
    """The removal is committed, but the process that did it does not know, so it publishes nothing."""
    way, owner = room.deployment.fronts[0].database, room.talkers[0]
    for out, what in (("removed", "remove"), ("banned", "ban")):
        member = room.members[WAYS[out]]
        asked = asyncio.create_task(owner.http.post(f"/rooms/{room.id}/members/{member}/{what}/"))
        while not asked.done():
            way.lose = b"COMMIT"  # any connection's commit; it can't be told which one it is
            await asyncio.sleep(0.001)
        way.lose = None
        assert not (await asked).is_success
        assert not (await members_of(room))[WAYS[out]][1], "it was done"
    await put_out(room, "deactivated")


async def a_guest_sends_garbage(room: Room) -> None:
    session = list(room.sessions.values())[-1]
    going = asyncio.create_task(put_out(room))
    for piece in itertools.cycle(garbage()):
        guest = await visit(room, session)
        guest.transport.write(piece)
        await guest.wait_closed()
        if going.done():
            break
    await going


async def the_publishing_process_is_killed(room: Room) -> None:
    """Between commit and publish: its connection to Redis stalls, and it is killed."""
    front, owner = room.deployment.fronts[0], room.talkers[0]
    front.redis.stall()
    asked = [
        asyncio.create_task(owner.http.post(f"/rooms/{room.id}/members/{room.members[WAYS[way]]}/{what}/"))
        for way, what in (("removed", "remove"), ("banned", "ban"))
    ]
    async with asyncio.timeout(30):
        while True:
            members = await members_of(room)
            if not (members["p01"][1] or members["p02"][1]):
                break
            await asyncio.sleep(0.02)
    front.daphne.kill()
    front.redis.flow()
    await asyncio.gather(*asked, return_exceptions=True)
    await asyncio.to_thread(front.daphne.start)
    await put_out(room, "deactivated")


FAULTS = [
    nothing_else,
    redis_stalls,
    redis_is_killed,
    pytest.param(
        one_process_is_out_of_reach_of_redis,
        marks=pytest.mark.short,
        id="one_process_is_out_of_reach_of_redis",
    ),
    redis_has_no_memory,
    processes_are_killed_or_stopped,
    every_connection_is_cut,
    one_connection_stalls_and_another_is_slow,
    postgres_ends_and_recovers,
    the_answer_to_the_commit_is_lost,
    the_database_is_out_of_reach_of_one_process,
    a_guest_sends_garbage,
    the_publishing_process_is_killed,
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
async def test_who_is_out_hears_nothing_more(room: Room, fault: Fault) -> None:
    await nothing_more_is_heard(room, fault)


@pytest.mark.parametrize("way", ["sign out", "change the password"])
async def test_who_may_not_stay_falls_silent_within_a_heartbeat_without_redis(room: Room, way: str) -> None:
    """The process that knows publishes nothing; one receives nothing, the others receive everything else."""
    knows, layer_down, _ = room.deployment.fronts
    name = "p01"
    async with contextlib.AsyncExitStack() as stack:
        screens = [
            await stack.enter_async_context(Talker(front.url, room.sessions[name], room.id, name))
            for front in room.deployment.fronts
        ]
        for front in (knows, layer_down):
            front.redis.down()
        began = time.monotonic()
        path, data, answer = {
            "sign out": ("/accounts/logout/", {}, 204),  # with a redirect to the sign-in page, for a script
            "change the password": ("/accounts/password/change/", PASSWORDS, 302),
        }[way]
        assert (await screens[0].http.post(path, data=data)).status_code == answer
        await asyncio.gather(
            *(
                screen.until(lambda screen=screen: screen.code == 4401, HEARTBEAT + SLACK)
                for screen in screens
            )
        )
        print(f"{way}: silent after {time.monotonic() - began:.1f} s")  # noqa: T201
