"""Out means out, while things break: nothing committed after it reaches whoever is out, though nobody was told of it.

Asserted on the wire: each frame that came is read for versions of the room, whatever a page would have made of it.
"""

import asyncio
import contextlib
import itertools
import json
import re
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from uuid import uuid4

import psycopg
import pytest

from tests.faults.breaking import Done, talk_while
from tests.faults.conftest import Room, talking
from tests.faults.talker import Talker
from tests.support.screen import Screen

HEARTBEAT = 15  # seconds; chat.live.hub.BEAT_SECONDS
SLACK = 5  # of a busy machine
WAYS = {"removed": "p01", "banned": "p02", "deactivated": "p03"}
NOWHERE = "redis://127.0.0.1:1/0"
OUT = """
from chat import actions
from chat.models import Member
owner = Member.objects.get(pk={owner})
for way, pk in {ways}.items():
    member = Member.objects.get(pk=pk)
    match way:
        case "removed":
            actions.remove_member(owner.person, owner.room_id, member.pk)
        case "banned":
            actions.ban_member(owner.person, owner.room_id, member.pk)
        case "deactivated":
            actions.deactivate_person(member.person)
"""
VERSION = re.compile(r'data-version="(\d+)"')

PASSWORDS = {"oldpassword": "talk-to-me", "password1": "another-fine-one", "password2": "another-fine-one"}

type Fault = Callable[[Room], Awaitable[None]]


@asynccontextmanager
async def their_screens(room: Room) -> AsyncIterator[dict[str, list[Screen]]]:
    """Whoever will be out sits at a page of each process, and does not talk."""
    sessions = {name: room.sessions.pop(name) for name in WAYS.values()}
    async with contextlib.AsyncExitStack() as stack:
        yield {
            name: [
                await stack.enter_async_context(Talker(front.url, session, room.id, name))
                for front in room.place.fronts
            ]
            for name, session in sessions.items()
        }


async def put_out(room: Room, *ways: str) -> None:
    """These, by a process that has no Redis to tell."""
    about = {
        "owner": room.members["p00"],
        "ways": {way: room.members[WAYS[way]] for way in ways or WAYS},
    }
    await asyncio.to_thread(
        room.place.manage, "shell", "--no-imports", "-c", OUT.format(**about), REDIS_URL=NOWHERE
    )


async def members_of(room: Room) -> dict[str, tuple[int, bool]]:
    """The version of each member's row, which is the room's when they went, and whether they are in it."""
    async with await psycopg.AsyncConnection.connect(room.place.url) as database:
        rows = await database.execute(
            "SELECT id, version, active FROM chat_member WHERE room_id = %s", [room.id]
        )
        found = {pk: (version, active) for pk, version, active in await rows.fetchall()}
    return {name: found[pk] for name, pk in room.members.items()}


def versions_in(frame: str, room: str) -> list[int]:
    """What a frame tells of the room: of rows, nudges and beats."""
    if frame.startswith("<"):
        return [int(found) for found in VERSION.findall(frame)]
    said = json.loads(frame)
    told = [said["version"]] if said.get("room") == room and said.get("version") is not None else []
    return told + [version for place, (version, _) in (said.get("rooms") or {}).items() if place == room]


def heard_after(screen: Screen, version: int) -> list[str]:
    return [frame for frame in screen.frames if max(versions_in(frame, screen.room), default=0) > version]


def heard_until(screen: Screen) -> bool:
    return any(versions_in(frame, screen.room) for frame in screen.frames)


def is_out(screen: Screen) -> bool:
    return screen.code is not None or any(said["type"] == "gone" for said in screen.heard)


# What breaks. Nobody is told of the going: whoever does it has no Redis, or dies before telling.


async def nothing_else(room: Room) -> None:
    await put_out(room)


async def redis_stands_still(room: Room) -> None:
    room.place.redis.signal(signal.SIGSTOP)
    try:
        await put_out(room)
        await asyncio.sleep(3)
    finally:
        room.place.redis.signal(signal.SIGCONT)


async def redis_is_killed(room: Room) -> None:
    room.place.redis.stop()
    try:
        await put_out(room)
    finally:
        await asyncio.to_thread(room.place.redis.start)


async def one_process_is_out_of_reach_of_redis(room: Room) -> None:
    way = room.place.fronts[1].redis
    way.down()
    await put_out(room)
    await asyncio.sleep(3)
    way.up()


async def every_connection_is_cut(room: Room) -> None:
    going = asyncio.create_task(put_out(room))
    while not going.done():
        await asyncio.sleep(0.5)
        for front in room.place.fronts:
            front.door.cut()
    await going


async def the_database_is_out_of_reach_of_one_process(room: Room) -> None:
    """It hears what is said, and can't ask who may hear it."""
    way = room.place.fronts[1].database
    going = asyncio.create_task(put_out(room))
    while not going.done():
        way.down()
        await asyncio.sleep(0.7)
        way.up()
        await asyncio.sleep(0.3)
    await going


async def whoever_should_tell_of_it_is_killed(room: Room) -> None:
    """Between the commit and the telling: its way to Redis stands still, and it dies."""
    front, owner = room.place.fronts[0], room.talkers[0]
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
    redis_stands_still,
    redis_is_killed,
    pytest.param(
        one_process_is_out_of_reach_of_redis,
        marks=pytest.mark.telling,
        id="one_process_is_out_of_reach_of_redis",
    ),
    every_connection_is_cut,
    the_database_is_out_of_reach_of_one_process,
    whoever_should_tell_of_it_is_killed,
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
async def test_who_is_out_hears_nothing_more(room: Room, fault: Fault) -> None:
    async def breaking(_: Done) -> None:
        await fault(room)

    async with their_screens(room) as theirs, talking(room):
        since = await talk_while(room, 60, breaking)
        at = {name: version for name, (version, _) in (await members_of(room)).items()}
        for screen in itertools.chain(*theirs.values()):
            await screen.until(lambda screen=screen: is_out(screen), HEARTBEAT + SLACK)
        room.talkers[0].say("A known commit after all of it")
        what = fault.__name__.replace("_", " ")
        await room.converge(f"who is out is not told of; {what}", "while they go", since)
        for name, screens in theirs.items():
            for screen in screens:
                if screen.code is None:  # an answer comes after all that was sent before it
                    answer = await screen.ask({"type": "post", "id": str(uuid4()), "body": "Still here?"}, 15)
                    assert answer is None or answer["type"] == "refused"
                assert not heard_after(screen, at[name])
                assert heard_until(screen), "they heard nothing before either"


@pytest.mark.parametrize("way", ["sign out", "change the password"])
async def test_who_may_not_stay_falls_silent_within_a_heartbeat_without_redis(room: Room, way: str) -> None:
    """The process that knows tells nobody; one does not hear, the others hear of everything else."""
    knows, deaf, _ = room.place.fronts
    name = "p01"
    async with contextlib.AsyncExitStack() as stack:
        screens = [
            await stack.enter_async_context(Talker(front.url, room.sessions[name], room.id, name))
            for front in room.place.fronts
        ]
        for front in (knows, deaf):
            front.redis.down()
        began = time.monotonic()
        path, data, answer = {
            "sign out": ("/accounts/logout/", {}, 204),  # with the way to the door, for a script
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
