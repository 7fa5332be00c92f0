"""People who are removed during faults receive nothing that is committed later, even if no process is notified.

This is checked on the wire: each received frame is searched for versions of the room, whatever a page would do with it.
"""

import asyncio
import contextlib
import itertools
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from uuid import uuid4

import psycopg

from tests.faults.breaking import Done, talk_while
from tests.faults.conftest import Room, talking
from tests.faults.talker import Talker
from tests.support.screen import Screen

HEARTBEAT = 15  # seconds; chat.live.hub.BEAT_SECONDS
SLACK = 5  # for a busy machine
SAID = 60  # messages by each of the others
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

type Fault = Callable[[Room], Awaitable[None]]


async def nothing_more_is_heard(room: Room, fault: Fault, count: int = SAID) -> None:
    """``fault`` removes people while the others post ``count`` messages each, and breaks something meanwhile."""

    async def breaking(_: Done) -> None:
        await fault(room)

    async with their_screens(room) as theirs, talking(room):
        since = await talk_while(room, count, breaking)
        at = {name: version for name, (version, _) in (await members_of(room)).items()}
        for screen in itertools.chain(*theirs.values()):
            await screen.until(lambda screen=screen: is_out(screen), HEARTBEAT + SLACK)
        room.talkers[0].say("A known commit after all of it")
        what = fault.__name__.replace("_", " ")
        await room.converge(f"access lost, nobody notified; {what}", "while they go", since)
        for name, screens in theirs.items():
            for screen in screens:
                if screen.code is None:  # an answer comes after all that was sent before it
                    answer = await screen.ask({"type": "post", "id": str(uuid4()), "body": "Still here?"}, 15)
                    assert answer is None or answer["type"] == "refused"
                assert not heard_after(screen, at[name])
                assert heard_until(screen), "they heard nothing before either"


@asynccontextmanager
async def their_screens(room: Room) -> AsyncIterator[dict[str, list[Screen]]]:
    """People who will be removed have a page open on each process, and send nothing."""
    sessions = {name: room.sessions.pop(name) for name in WAYS.values()}
    async with contextlib.AsyncExitStack() as stack:
        yield {
            name: [
                await stack.enter_async_context(Talker(front.url, session, room.id, name))
                for front in room.deployment.fronts
            ]
            for name, session in sessions.items()
        }


async def put_out(room: Room, *ways: str) -> None:
    """Remove these people with a process that has no Redis to notify."""
    about = {
        "owner": room.members["p00"],
        "ways": {way: room.members[WAYS[way]] for way in ways or WAYS},
    }
    await asyncio.to_thread(
        room.deployment.manage, "shell", "--no-imports", "-c", OUT.format(**about), REDIS_URL=NOWHERE
    )


async def members_of(room: Room) -> dict[str, tuple[int, bool]]:
    """The version of each member's row, which is the room's version when they left, and whether they are a member."""
    async with await psycopg.AsyncConnection.connect(room.deployment.url) as database:
        rows = await database.execute(
            "SELECT id, version, active FROM chat_member WHERE room_id = %s", [room.id]
        )
        found = {pk: (version, active) for pk, version, active in await rows.fetchall()}
    return {name: found[pk] for name, pk in room.members.items()}


def versions_in(frame: str, room: str) -> list[int]:
    """The versions of the room in a frame: of rows, nudges and beats."""
    if frame.startswith("<"):
        return [int(found) for found in VERSION.findall(frame)]
    message = json.loads(frame)
    told = [message["version"]] if message.get("room") == room and message.get("version") is not None else []
    return told + [
        version for deployment, (version, _) in (message.get("rooms") or {}).items() if deployment == room
    ]


def heard_after(screen: Screen, version: int) -> list[str]:
    return [frame for frame in screen.frames if max(versions_in(frame, screen.room), default=0) > version]


def heard_until(screen: Screen) -> bool:
    return any(versions_in(frame, screen.room) for frame in screen.frames)


def is_out(screen: Screen) -> bool:
    return screen.code is not None or any(message["type"] == "gone" for message in screen.heard)
