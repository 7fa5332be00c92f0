"""A page shows another room over the same socket: ``{"type": "show", "room": id}``."""

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from channels.db import database_sync_to_async

from chat import actions
from chat.live.hub import current_hub
from chat.models import Member, Person, Room
from tests.conftest import say
from tests.support.live import stop
from tests.support.visitor import Visitor, key_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def other(alice: Person, bob: Person) -> Room:
    return await database_sync_to_async(second_room)(alice, bob)


def second_room(alice: Person, bob: Person) -> Room:
    made = actions.create_room(alice, name="other", topic="", kind=Room.Kind.OPEN)
    actions.join_room(bob, made.pk)
    made.refresh_from_db()
    return made


@pytest.fixture
async def socket(bob: Person, room: Room, other: Room) -> AsyncIterator[Visitor]:
    """Bob's page, which shows ``room``; what every page gets first was read."""
    visitor = Visitor(await key_of(bob), f"/live/?room={room.pk}")
    assert (await visitor.connect())[0]
    assert (await message_of(visitor, "beat"))["room"] == str(room.pk)
    yield visitor
    await visitor.disconnect()
    await stop(current_hub())


async def message_of(socket: Visitor, kind: str) -> dict[str, Any]:
    """The next message of that type."""
    while True:
        text = await socket.receive_from()
        if not text.startswith("<") and (message := json.loads(text))["type"] == kind:
            return message


async def frame_of(socket: Visitor) -> str:
    """The next rendered row."""
    while not (text := await socket.receive_from()).startswith("<"):
        pass
    return text


async def show(socket: Visitor, room: str | None) -> dict[str, Any]:
    await socket.send_json_to({"type": "show", "room": room})
    return await message_of(socket, "beat")


async def test_frames_come_of_the_room_that_is_shown_and_nudges_of_the_other(
    alice: Person, room: Room, other: Room, socket: Visitor
) -> None:
    beat = await show(socket, str(other.pk))
    assert (beat["room"], beat["version"]) == (str(other.pk), other.version)
    await database_sync_to_async(say)(alice, room, "In the first")
    assert (await message_of(socket, "nudge"))["room"] == str(room.pk)
    await database_sync_to_async(say)(alice, other, "In the second")
    assert "In the second" in await frame_of(socket)
    assert (await show(socket, str(room.pk)))["room"] == str(room.pk)
    await database_sync_to_async(say)(alice, room, "Again in the first")
    assert "Again in the first" in await frame_of(socket)


async def test_what_was_sent_before_is_for_the_room_of_before(
    alice: Person, bob: Person, room: Room, other: Room, socket: Visitor
) -> None:
    for number in range(3):
        await database_sync_to_async(say)(alice, room, f"Number {number}")
        await database_sync_to_async(say)(alice, other, f"Number {number}")
    await socket.send_json_to({"type": "post", "id": str(uuid4()), "body": "Meant for the first"})
    await socket.send_json_to({"type": "read", "seq": 3})
    await socket.send_json_to({"type": "show", "room": str(other.pk)})
    await socket.send_json_to({"type": "read", "seq": 1})
    await socket.disconnect()  # which waits for all of it
    members = {member.room_id: member async for member in Member.objects.filter(person=bob)}
    assert (members[room.pk].read_seq, members[other.pk].read_seq) == (4, 1)
    assert await room.messages.filter(author=bob, body="Meant for the first").acount() == 1


async def test_a_room_of_others_is_answered_like_none(charlie: Person, socket: Visitor) -> None:
    secret = await database_sync_to_async(actions.create_room)(
        charlie, name="secret", topic="", kind=Room.Kind.CLOSED
    )
    for room in (str(secret.pk), str(uuid4()), None):
        beat = await show(socket, room)
        assert (beat["room"], beat["version"]) == (None, None)
    await show(socket, str(secret.pk))
    await database_sync_to_async(say)(charlie, secret, "Among us")
    await socket.send_json_to({"type": "post", "id": (key := str(uuid4())), "body": "Let me in"})
    answer = await message_of(socket, "refused")
    assert answer["id"] == key
    assert await socket.receive_nothing()


async def test_a_room_that_one_joins_is_heard_from_then_on(
    alice: Person, bob: Person, socket: Visitor
) -> None:
    made = await database_sync_to_async(actions.create_room)(
        alice, name="later", topic="", kind=Room.Kind.OPEN
    )
    await show(socket, str(made.pk))
    await database_sync_to_async(actions.join_room)(bob, made.pk)
    await message_of(socket, "rooms")
    await database_sync_to_async(say)(alice, made, "Welcome")
    assert "Welcome" in await frame_of(socket)


@pytest.mark.parametrize("wrong", [1, "", "nonsense", [], {}, True])
async def test_a_malformed_room_closes_the_socket(socket: Visitor, wrong: object) -> None:
    await socket.send_json_to({"type": "show", "room": wrong})
    while (message := await socket.receive_output())["type"] != "websocket.close":
        pass
    assert message["code"] == 4400
