"""Sockets without access, and sockets that don't read, receive nothing. Hub, layer and actions are the real ones."""

import asyncio
from typing import Any

import pytest
from django.contrib.sessions.models import Session

from chat import actions
from chat.events import publishing
from chat.live import access
from chat.live import hub as hub_module
from chat.live.connections import MAX_WAITING
from chat.live.frames import Frame
from chat.live.hub import Hub
from chat.models import Member, Person, Room
from tests.chat.live.hub.conftest import member
from tests.conftest import say
from tests.support.live import do, listen

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_room_that_is_not_theirs_is_refused_with_a_code(
    charlie: Person, room: Room, hub: Hub
) -> None:
    assert (await listen(hub, charlie, room)).refused == hub_module.NO_SUCH_ROOM


async def test_bob_removed_hears_nothing_more(alice: Person, bob: Person, room: Room, hub: Hub) -> None:
    bobs, alices = await listen(hub, bob, room), await listen(hub, alice, room)
    await do(actions.remove_member, alice, room.pk, (await member(room, bob)).pk)
    await bobs.until(lambda one: one.of("gone"))
    await do(say, alice, room, "Without Bob")
    await alices.until(lambda one: len(one.frames) == 2)
    assert not bobs.frames


async def test_bob_removed_hears_nothing_more_even_if_the_removal_was_lost(
    alice: Person, bob: Person, room: Room, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    bobs, alices = await listen(hub, bob, room), await listen(hub, alice, room)
    with monkeypatch.context() as losing:
        losing.setattr(publishing, "_send", lambda events: None)
        await do(actions.remove_member, alice, room.pk, (await member(room, bob)).pk)
    await do(say, alice, room, "Without Bob")
    await alices.until(lambda one: one.frames)
    await bobs.until(lambda one: one.of("gone"))
    assert not bobs.frames


async def test_a_lost_removal_is_found_by_the_beat(
    alice: Person, bob: Person, room: Room, hub: Hub, lossy: list[Any]
) -> None:
    bobs = await listen(hub, bob, room)
    await do(actions.remove_member, alice, room.pk, (await member(room, bob)).pk)
    await hub.beat()
    await bobs.until(lambda one: one.of("gone"))


async def test_no_beat_counts_on_for_who_is_being_asked_about(
    alice: Person, bob: Person, room: Room, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The removal was lost, and a message arrives while the beat reads: the permission check has not been answered yet."""
    bobs, alices = await listen(hub, bob, room), await listen(hub, alice, room)
    real = access.ask

    checking, beaten = asyncio.Event(), asyncio.Event()

    async def removed_meanwhile(question: Any, *args: Any) -> Any:
        if question is access.still_in:
            checking.set()
            await beaten.wait()
        answer = await real(question, *args)
        if question is access.revoked:
            with monkeypatch.context() as losing:
                losing.setattr(publishing, "_send", lambda events: None)
                await do(actions.remove_member, alice, room.pk, (await member(room, bob)).pk)
            await do(say, alice, room, "Without Bob")
            await checking.wait()
        return answer

    before = (await Room.objects.aget(pk=room.pk)).version
    monkeypatch.setattr(access, "ask", removed_meanwhile)
    async with asyncio.timeout(10):
        await hub.beat()
    monkeypatch.setattr(access, "ask", real)
    beaten.set()
    await bobs.until(lambda one: one.of("gone"))
    await alices.until(lambda one: one.of("beat")[1:])  # the beat was pending
    assert alices.frames
    assert [beat["version"] for beat in bobs.of("beat") if beat["version"] not in {None, before}] == []
    assert alices.of("beat")[-1]["version"] == before + 2


@pytest.mark.parametrize("lost", [False, True])
@pytest.mark.parametrize(
    ("end", "code"),
    [
        (lambda person, key: actions.deactivate_person(person), 4403),
        (lambda person, key: Session.objects.get(pk=key).delete(), 4401),
        (lambda person, key: (person.user.set_password("another-password"), person.user.save()), 4401),
    ],
    ids=["deactivated", "signed out", "password changed"],
)
async def test_who_may_not_stay_falls_silent(
    bob: Person,
    alice: Person,
    room: Room,
    hub: Hub,
    end: Any,
    code: int,
    lost: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Hazard 1, also when the event that says so is lost."""
    bobs = await listen(hub, bob, room)
    if lost:
        monkeypatch.setattr(publishing, "_send", lambda events: None)
    await do(end, bob, bobs.socket.credentials.session_key)
    if lost:
        await hub.beat()
    assert await bobs.until(lambda one: one.closed) == code
    assert (await listen(hub, alice, room)).refused is None


async def test_bob_banned_hears_nothing_more_even_if_the_ban_was_lost(
    alice: Person, bob: Person, room: Room, hub: Hub, lossy: list[Any]
) -> None:
    await do(say, bob, room, "Of Bob")
    bobs = await listen(hub, bob, room)
    await do(actions.ban_member, alice, room.pk, (await member(room, bob)).pk, wipe=True)
    await hub.beat()
    await bobs.until(lambda one: one.of("gone"))
    assert not bobs.frames
    assert (await listen(hub, bob, room)).refused == hub_module.NO_SUCH_ROOM


@pytest.mark.parametrize("lost", [False, True])
async def test_out_of_five_hundred_rooms_at_once_in_a_few_questions(
    alice: Person, bob: Person, room: Room, hub: Hub, lost: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many rooms a person is in: one query checks everyone in them, not one per room."""

    def rooms(count: int) -> None:
        made = Room.objects.bulk_create(
            Room(name=f"room-{n}", version=2, created_at=room.created_at) for n in range(count)
        )
        Member.objects.bulk_create(Member(room=one, person=bob, version=1) for one in made)
        Member.objects.bulk_create(Member(room=one, person=alice, version=2) for one in made[:100])

    await do(rooms, 500)
    bobs, alices = await listen(hub, bob, room), await listen(hub, alice, room)
    elsewhere = await listen(hub, bob)
    asked: list[Any] = []
    real = access.ask

    async def count(question: Any, *args: Any) -> Any:
        asked.append(question)
        return await real(question, *args)

    monkeypatch.setattr(access, "ask", count)
    with monkeypatch.context() as losing:
        if lost:
            losing.setattr(publishing, "_send", lambda events: None)
        await do(actions.deactivate_person, bob)
        if lost:
            await hub.beat()
    for one in (bobs, elsewhere):
        assert await one.until(lambda one: one.closed) == access.DEACTIVATED
    async with asyncio.timeout(5):
        await hub.tasks.done()
    assert len(asked) <= 6
    assert not bobs.frames
    await do(say, alice, room, "Without Bob")
    await alices.until(lambda one: any("Without Bob" in frame for frame in one.frames))
    assert not bobs.frames
    assert not elsewhere.of("nudge")


async def test_a_slow_reader_is_closed_and_slows_nobody(
    alice: Person, bob: Person, room: Room, hub: Hub
) -> None:
    """Hazard 16."""
    slow, quick = await listen(hub, bob, room), await listen(hub, alice, room)
    never = asyncio.Event()

    async def stuck(message: Any) -> None:
        await never.wait()

    assert slow.socket._queue
    slow.socket._queue._send = stuck
    message = await do(say, alice, room)
    text = (await quick.until(lambda one: one.frames))[0]
    for _ in range(MAX_WAITING + 1):
        slow.socket.send(Frame(text))
    assert slow.socket.closed
    assert slow.socket._queue._waiting.qsize() == 1
    assert str(message.pk) in text


async def test_one_person_has_so_many_sockets_and_no_more(
    alice: Person, bob: Person, room: Room, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "MAX_CONNECTIONS", 2)
    opened = [await listen(hub, bob, room) for _ in range(3)]
    assert [one.refused for one in opened] == [None, None, 4013]
    assert (await listen(hub, alice, room)).refused is None
    hub.leave(opened[0].socket)
    assert (await listen(hub, bob, room)).refused is None


async def test_who_deletes_their_account_hears_nothing_more_and_others_hear_of_it(
    alice: Person, bob: Person, room: Room, hub: Hub
) -> None:
    """Hazard 1."""
    await do(say, bob, room, "Goes")
    leaving, elsewhere, looking = (
        await listen(hub, bob, room),
        await listen(hub, bob),
        await listen(hub, alice, room),
    )
    await do(actions.delete_account, bob, with_messages=True)
    for one in (leaving, elsewhere):
        assert await one.until(lambda one: one.closed) == 4403
    await looking.until(lambda one: [frame for frame in one.frames if "data-left" in frame])
    await looking.until(lambda one: [frame for frame in one.frames if "data-deleted" in frame])
    await do(say, alice, room, "Behind their back")
    await looking.until(lambda one: [frame for frame in one.frames if "Behind their back" in frame])
    assert "Behind" not in str(leaving.sent + elsewhere.sent)
