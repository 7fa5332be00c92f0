"""Who hears what, and what is noticed when something is lost. The hub, its layer and the actions are the real ones."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from channels.db import database_sync_to_async
from django.contrib.sessions.models import Session
from django.db import OperationalError

from chat import actions
from chat.live import hub as hub_module
from chat.live import listeners, publishing, standing
from chat.live.frames import Frame
from chat.live.hub import Hub
from chat.live.rendering import tell
from chat.live.sockets import WAITING_MOST
from chat.models import Member, Person, Room
from tests.conftest import say
from tests.live import listen, stop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    made = Hub()
    yield made
    await stop(made)


async def do[T](action: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Run an action off the event loop, as a view does."""
    return await database_sync_to_async(action)(*args, **kwargs)


async def member(room: Room, person: Person) -> Member:
    return await Member.objects.aget(room=room, person=person)


@pytest.fixture
def lossy(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every publish is lost; what it would have said is kept in the list."""
    lost: list[Any] = []

    async def lose(told: Any) -> None:
        lost.append(told)

    monkeypatch.setattr(publishing, "_hand_over", lose)
    return lost


async def test_a_message_reaches_who_looks_and_nudges_who_is_elsewhere(
    alice: Person, bob: Person, charlie: Person, room: Room, hub: Hub
) -> None:
    looking, elsewhere, stranger = (
        await listen(hub, bob, room),
        await listen(hub, bob),
        await listen(hub, charlie),
    )
    message = await do(say, alice, room, "The **ferry** is late")
    frame = (await looking.until(lambda one: one.frames))[0]
    assert f'id="message-{message.pk}"' in frame
    assert "<strong>ferry</strong>" in frame
    nudge = (await elsewhere.until(lambda one: one.of("nudge")))[0]
    assert (nudge["room"], nudge["version"], nudge["last_seq"]) == (str(room.pk), message.version, 1)
    assert nudge["last"]["text"] == "The ferry is late"
    assert not elsewhere.frames
    # Hazard 5: a stranger learns nothing, not even that the room exists.
    assert [m["type"] for m in stranger.messages] == ["beat"]
    assert not looking.of("nudge")


async def test_the_first_frame_is_a_beat_with_the_versions(alice: Person, room: Room, hub: Hub) -> None:
    beat = (await listen(hub, alice, room)).messages[0]
    assert (beat["type"], beat["room"], beat["version"]) == ("beat", str(room.pk), room.version)
    assert beat["rooms"] == {str(room.pk): [room.version, 0]}


async def test_a_room_that_is_not_theirs_is_refused_with_a_code(
    charlie: Person, room: Room, hub: Hub
) -> None:
    assert (await listen(hub, charlie, room)).refused == hub_module.NOT_YOURS


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
    """The removal was lost, and a message is heard while the beat asks: who may know of it is not answered yet."""
    bobs, alices = await listen(hub, bob, room), await listen(hub, alice, room)
    real = hub_module._ask

    checking, beaten = asyncio.Event(), asyncio.Event()

    async def removed_meanwhile(question: Any, *args: Any) -> Any:
        if question is standing.still_in:
            checking.set()
            await beaten.wait()
        answer = await real(question, *args)
        if question is standing.refusals:
            with monkeypatch.context() as losing:
                losing.setattr(publishing, "_send", lambda events: None)
                await do(actions.remove_member, alice, room.pk, (await member(room, bob)).pk)
            await do(say, alice, room, "Without Bob")
            await checking.wait()
        return answer

    before = (await Room.objects.aget(pk=room.pk)).version
    monkeypatch.setattr(hub_module, "_ask", removed_meanwhile)
    async with asyncio.timeout(10):
        await hub.beat()
    monkeypatch.setattr(hub_module, "_ask", real)
    beaten.set()
    await bobs.until(lambda one: one.of("gone"))
    await alices.until(lambda one: one.of("beat")[1:])  # it was owed
    assert alices.frames
    assert [beat["version"] for beat in bobs.of("beat") if beat["version"] not in {None, before}] == []
    assert alices.of("beat")[-1]["version"] == before + 2


async def test_a_lost_message_is_found_by_the_beat(
    alice: Person, bob: Person, room: Room, hub: Hub, lossy: list[Any]
) -> None:
    looking, elsewhere = await listen(hub, bob, room), await listen(hub, bob)
    message = await do(say, alice, room)
    assert lossy
    await hub.beat()
    assert (await looking.until(lambda one: one.of("beat")[1:]))[0]["version"] == message.version
    await elsewhere.until(lambda one: one.of("rooms"))


async def test_what_could_not_be_checked_is_found_by_the_beat(
    alice: Person, bob: Person, charlie: Person, room: Room, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    await do(actions.add_member, alice, room.pk, "charlie")
    looking, elsewhere = await listen(hub, alice, room), await listen(hub, bob)
    asked = asyncio.Event()

    def unreachable(*_: Any) -> Any:
        asked.set()
        raise OperationalError

    with monkeypatch.context() as broken:
        broken.setattr(standing, "still_in", unreachable)
        await do(actions.leave_room, charlie, room.pk)
        async with asyncio.timeout(5):
            await asked.wait()
            while hub._tasks:
                await asyncio.wait(hub._tasks)
    assert not looking.frames
    await hub.beat()
    await elsewhere.until(lambda one: one.of("rooms"))
    newest = (await Room.objects.aget(pk=room.pk)).version
    await looking.until(lambda one: one.of("beat")[-1]["version"] == newest)


@pytest.mark.parametrize("since", ["somebody came", "more was said"])
async def test_a_lost_message_is_told_elsewhere_also_when_the_hub_knows_of_later_ones(
    alice: Person,
    bob: Person,
    charlie: Person,
    room: Room,
    hub: Hub,
    monkeypatch: pytest.MonkeyPatch,
    since: str,
) -> None:
    """What the hub read for a newcomer, or heard later, makes up for nothing in the others' lists."""
    bobs = await listen(hub, bob)
    with monkeypatch.context() as losing:
        losing.setattr(publishing, "_send", lambda events: None)
        await do(say, alice, room, "Lost")
    if since == "somebody came":
        await listen(hub, alice, room)
    else:
        await do(actions.add_member, alice, room.pk, "charlie")
        await bobs.until(lambda one: one.of("nudge"))
    assert not bobs.of("rooms")
    await hub.beat()
    await bobs.until(lambda one: one.of("rooms"))


async def test_a_join_is_heard_and_a_lost_one_found_by_the_beat(
    alice: Person, charlie: Person, room: Room, hub: Hub, lossy: list[Any]
) -> None:
    charlies = await listen(hub, charlie)
    await do(actions.add_member, alice, room.pk, "charlie")
    await hub.beat()
    await charlies.until(lambda one: one.of("rooms"))
    assert str(room.pk) in charlies.socket.rooms


async def test_the_one_who_joins_hears_the_room_from_then_on(
    alice: Person, charlie: Person, room: Room, hub: Hub
) -> None:
    charlies = await listen(hub, charlie)
    await do(actions.add_member, alice, room.pk, "charlie")
    await charlies.until(lambda one: one.of("rooms"))
    await do(say, alice, room, "Welcome")
    await charlies.until(lambda one: [n for n in one.of("nudge") if n["last"]])


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
    assert (await listen(hub, bob, room)).refused == hub_module.NOT_YOURS


async def test_blocking_is_told_to_ones_own_tabs_and_to_nobody_else(
    alice: Person, bob: Person, room: Room, hub: Hub
) -> None:
    mine, theirs = await listen(hub, alice, room), await listen(hub, bob, room)
    await do(actions.block_person, alice, bob.pk)
    await mine.until(lambda one: one.of("rooms"))
    await do(say, bob, room, "Not of it")
    await theirs.until(lambda one: one.frames)
    # What the monitoring asks says nothing of anybody; and whoever writes has read.
    assert [m["type"] for m in theirs.messages if m["type"] not in {"sample", "read"}] == ["beat"]


@pytest.mark.parametrize("lost", [False, True])
async def test_out_of_five_hundred_rooms_at_once_in_a_few_questions(
    alice: Person, bob: Person, room: Room, hub: Hub, lost: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many rooms somebody is in: who else is there is asked about in one go, not room by room."""

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
    real = hub_module._ask

    async def count(question: Any, *args: Any) -> Any:
        asked.append(question)
        return await real(question, *args)

    monkeypatch.setattr(hub_module, "_ask", count)
    with monkeypatch.context() as losing:
        if lost:
            losing.setattr(publishing, "_send", lambda events: None)
        await do(actions.deactivate_person, bob)
        if lost:
            await hub.beat()
    for one in (bobs, elsewhere):
        assert await one.until(lambda one: one.closed) == standing.DEACTIVATED
    async with asyncio.timeout(5):
        while hub._tasks:
            await asyncio.wait(hub._tasks)
    assert len(asked) <= 6
    assert not bobs.frames
    await do(say, alice, room, "Without Bob")
    await alices.until(lambda one: any("Without Bob" in frame for frame in one.frames))
    assert not bobs.frames
    assert not elsewhere.of("nudge")


async def test_reading_in_one_tab_tells_the_other_tabs_only(
    alice: Person, bob: Person, room: Room, hub: Hub
) -> None:
    await do(say, alice, room)
    tab, alices = await listen(hub, bob), await listen(hub, alice, room)
    await do(actions.mark_read, bob, room.pk, 1)
    assert (await tab.until(lambda one: one.of("read")))[0]["seq"] == 1
    assert not alices.of("read")


async def test_nudges_come_once_a_second_and_the_last_is_not_swallowed(
    alice: Person, bob: Person, room: Room, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listeners, "NUDGE_SECONDS", 0.3)
    elsewhere, looking = await listen(hub, bob), await listen(hub, alice, room)
    for n in range(6):
        await do(say, alice, room, f"Number {n}")
    await looking.until(lambda one: len(one.frames) == 6)
    await elsewhere.until(lambda one: [n for n in one.of("nudge") if n["last_seq"] == 6])
    nudges = elsewhere.of("nudge")
    assert len(nudges) <= 3
    assert nudges[-1]["last"]["text"] == "Number 5"


async def test_one_subscription_and_one_publish_however_many_sockets(
    alice: Person, bob: Person, room: Room, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = await asyncio.gather(*(listen(hub, person, room) for person in (alice, bob) * 5))
    handed = []
    real = publishing._hand_over

    async def count(told: Any) -> None:
        handed.append(told)
        await real(told)

    monkeypatch.setattr(publishing, "_hand_over", count)
    message = await do(say, alice, room)
    for one in opened:
        await one.until(lambda one: one.frames)
    assert len(handed) == 1
    assert all(len(one.frames) == 1 and str(message.pk) in one.frames[0] for one in opened)


async def test_delivering_asks_the_database_nothing(
    alice: Person, bob: Person, room: Room, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = [await listen(hub, bob, room) for _ in range(3)]
    told: list[Any] = []

    async def keep(given: Any) -> None:
        told.extend(given)

    monkeypatch.setattr(publishing, "_hand_over", keep)
    await do(say, alice, room)

    async def forbidden(*_: Any, **__: Any) -> Any:
        raise AssertionError("a query on the hot path")

    monkeypatch.setattr(hub_module, "_ask", forbidden)
    hub.hear(told[0])
    for one in opened:
        await one.until(lambda one: one.frames)


async def test_who_sits_in_another_process_is_not_asked_about_in_this_one(
    alice: Person, bob: Person, room: Room, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    looking = await listen(hub, alice, room)
    asked: list[object] = []

    async def note(*question: object) -> None:
        asked.append(question)

    monkeypatch.setattr(hub_module, "_ask", note)
    await do(actions.set_muted, bob, room.pk, True)
    await do(say, alice, room)
    await looking.until(lambda one: one.frames)
    assert not asked


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
    for _ in range(WAITING_MOST + 1):
        slow.socket.send(Frame(text))
    assert slow.socket.closed
    assert slow.socket._queue._waiting.qsize() == 1
    assert str(message.pk) in text


async def test_a_layer_that_restarts_is_noticed_by_the_missing_echo(
    alice: Person, bob: Person, room: Room, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chat.live import ear as ear_module

    monkeypatch.setattr(ear_module, "ECHO_SECONDS", 0.05)
    looking = await listen(hub, bob, room)
    layer = hub._ear._layer
    real_send, real_group_send = layer.send, layer.group_send

    async def dead(*_: Any, **__: Any) -> None:
        raise ConnectionError

    monkeypatch.setattr(layer, "send", dead)
    monkeypatch.setattr(layer, "group_send", dead)
    message = await do(say, alice, room)
    # Deaf, the hub reads the database at each tick.
    await looking.until(lambda one: [b for b in one.of("beat") if b["version"] == message.version])
    assert hub.deaf
    monkeypatch.setattr(layer, "send", real_send)
    monkeypatch.setattr(layer, "group_send", real_group_send)
    async with asyncio.timeout(5):
        while hub.deaf:  # noqa: ASYNC110 - the ear has no event to wait for
            await asyncio.sleep(0.02)
    await do(say, alice, room, "Back")
    await looking.until(lambda one: one.frames)


async def test_a_publish_that_fails_leaves_the_post_a_success(
    alice: Person, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Dead:
        async def group_send(self, *_: Any) -> None:
            raise ConnectionError

    monkeypatch.setattr(publishing, "get_channel_layer", Dead)
    message = await do(say, alice, room)
    assert message.seq == 1


async def test_a_deletion_tells_nothing_of_what_was_deleted(
    alice: Person, bob: Person, room: Room, hub: Hub
) -> None:
    """Hazard 7."""
    message = await do(say, alice, room, "Secret words")
    looking, elsewhere = await listen(hub, bob, room), await listen(hub, bob)
    await do(actions.delete_message, alice, message.pk)
    frame = (await looking.until(lambda one: one.frames))[0]
    nudge = (await elsewhere.until(lambda one: one.of("nudge")))[0]
    assert "Secret" not in frame + str(nudge)
    assert nudge["last"]["deleted"] is True


async def test_who_enters_while_the_room_changes_misses_nothing(
    alice: Person, bob: Person, room: Room, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What passes between the reading for a socket and its listening shows in its first beat."""
    await listen(hub, alice, room)
    real = hub_module._ask

    async def meanwhile(question: Any, *args: Any) -> Any:
        answer = await real(question, *args)
        if question is standing.admit:
            monkeypatch.setattr(hub_module, "_ask", real)
            await do(say, alice, room, "Meanwhile")
            async with asyncio.timeout(5):
                while hub.seen[str(room.pk)] == room.version:  # noqa: ASYNC110 - until the hub has heard it
                    await asyncio.sleep(0.01)
        return answer

    monkeypatch.setattr(hub_module, "_ask", meanwhile)
    bobs = await listen(hub, bob, room)
    assert bobs.messages[0]["version"] == room.version + 1


async def test_who_comes_while_a_room_is_checked_is_not_taken_for_checked(
    alice: Person, bob: Person, charlie: Person, room: Room, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    await do(actions.add_member, alice, room.pk, "charlie")
    alices = await listen(hub, alice, room)
    real = hub_module._ask
    checking, answered, read, let_in = (asyncio.Event() for _ in range(4))

    async def in_turn(question: Any, *args: Any) -> Any:
        if question is standing.still_in and not checking.is_set():
            checking.set()
            await answered.wait()
        answer = await real(question, *args)
        if question is standing.admit:
            read.set()
            await let_in.wait()
        return answer

    monkeypatch.setattr(hub_module, "_ask", in_turn)
    async with asyncio.timeout(10):
        await do(actions.leave_room, charlie, room.pk)
        await checking.wait()
        entering = asyncio.create_task(listen(hub, bob, room))
        await read.wait()
        with monkeypatch.context() as losing:
            losing.setattr(publishing, "_send", lambda events: None)
            await do(actions.remove_member, alice, room.pk, (await member(room, bob)).pk)
        let_in.set()
        bobs = await entering
        answered.set()
        while hub._tasks:
            await asyncio.wait(hub._tasks)
    await do(say, alice, room, "Without Bob")
    await alices.until(lambda one: any("Without Bob" in frame for frame in one.frames))
    await bobs.until(lambda one: one.of("gone"))
    assert not any("Without Bob" in frame for frame in bobs.frames)


async def test_one_person_has_so_many_sockets_and_no_more(
    alice: Person, bob: Person, room: Room, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "SOCKETS_MOST", 2)
    opened = [await listen(hub, bob, room) for _ in range(3)]
    assert [one.refused for one in opened] == [None, None, 4013]
    assert (await listen(hub, alice, room)).refused is None
    hub.leave(opened[0].socket)
    assert (await listen(hub, bob, room)).refused is None


async def test_who_keeps_coming_during_checks_stops_nobody(
    alice: Person, bob: Person, charlie: Person, room: Room, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody who opens sockets without end must not keep a room from ever being checked."""
    await do(actions.add_member, alice, room.pk, "charlie")
    alices = await listen(hub, alice, room)
    real = hub_module._ask

    async def somebody_comes(question: Any, *args: Any) -> Any:
        if question is standing.still_in:
            await listen(hub, bob, room)
        return await real(question, *args)

    monkeypatch.setattr(hub_module, "_ask", somebody_comes)
    await do(actions.leave_room, charlie, room.pk)
    await do(say, alice, room, "Heard all the same")
    await alices.until(lambda one: any("Heard all the same" in frame for frame in one.frames))


async def test_an_epoch_that_the_database_does_not_have_is_asked_about_once(
    alice: Person, room: Room, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a restored backup: the frame is of a past that did not happen."""
    looking = await listen(hub, alice, room)
    told: list[Any] = []
    with monkeypatch.context() as keeping:
        keeping.setattr(publishing, "_send", told.extend)
        message = await do(say, alice, room)
    asked = []
    real = standing.still_in
    monkeypatch.setattr(standing, "still_in", lambda *args: asked.append(args) or real(*args))
    event = await do(tell, told[0])
    event["epoch"] += 5
    hub.hear(event)
    async with asyncio.timeout(5):
        while hub._tasks:
            await asyncio.wait(hub._tasks)
    assert len(asked) == 1
    assert not looking.frames
    await hub.beat()
    await looking.until(lambda one: one.of("beat")[-1]["version"] == message.version)


async def test_a_merged_nudge_of_a_direct_conversation_still_says_that_its_people_are_others(
    alice: Person, bob: Person, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listeners, "NUDGE_SECONDS", 0.3)
    direct = await do(actions.open_direct, alice, [bob.pk])
    elsewhere = await listen(hub, alice)
    for n in range(2):
        await do(say, bob, direct, f"Number {n}")
    await do(actions.rename_person, bob, "Bobby")
    await do(say, bob, direct, "And after it")
    await elsewhere.until(lambda one: [n for n in one.of("nudge") if n["last_seq"] == 3])
    assert [nudge for nudge in elsewhere.of("nudge") if nudge["last"] is None]


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


async def test_long_work_is_told_as_it_goes_and_not_at_its_end(
    alice: Person, bob: Person, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed: list[int] = []

    async def count(told: Any) -> None:
        handed.append(len(told))

    monkeypatch.setattr(publishing, "_hand_over", count)
    for n in range(3):
        await do(say, bob, room, f"Number {n}")
    handed.clear()
    monkeypatch.setattr("chat.actions.leaving.BATCH", 1)

    def act() -> list[int]:
        actions.delete_account(bob, with_messages=True)
        return list(handed)

    assert await publishing.telling(do, act) == [1, 1, 1]
    assert len(handed) == 4  # what the account's own end says comes with the answer
