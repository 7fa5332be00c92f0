"""Who receives what, and what it costs. The hub, its layer and the actions are the real ones."""

import asyncio
from typing import Any

import pytest

from chat import actions
from chat.events import publishing
from chat.live import access, subscribers
from chat.live.hub import Hub
from chat.models import Person, Room
from tests.conftest import say
from tests.support.live import do, listen

pytestmark = pytest.mark.django_db(transaction=True)


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
    assert [m["type"] for m in stranger.messages] == ["beat", "latest"]
    assert not looking.of("nudge")


async def test_the_first_frame_is_a_beat_with_the_versions(alice: Person, room: Room, hub: Hub) -> None:
    beat = (await listen(hub, alice, room)).messages[0]
    assert (beat["type"], beat["room"], beat["version"]) == ("beat", str(room.pk), room.version)
    assert beat["rooms"] == {str(room.pk): [room.version, 0]}


async def test_the_one_who_joins_hears_the_room_from_then_on(
    alice: Person, charlie: Person, room: Room, hub: Hub
) -> None:
    charlies = await listen(hub, charlie)
    await do(actions.add_member, alice, room.pk, "charlie")
    await charlies.until(lambda one: one.of("rooms"))
    await do(say, alice, room, "Welcome")
    await charlies.until(lambda one: [n for n in one.of("nudge") if n["last"]])


async def test_blocking_is_told_to_ones_own_tabs_and_to_nobody_else(
    alice: Person, bob: Person, room: Room, hub: Hub
) -> None:
    mine, theirs = await listen(hub, alice, room), await listen(hub, bob, room)
    await do(actions.block_person, alice, bob.pk)
    await mine.until(lambda one: one.of("rooms"))
    await do(say, bob, room, "Not of it")
    await theirs.until(lambda one: one.frames)
    # Samples of the monitoring contain nothing about people; and posting marks the room as read.
    assert [m["type"] for m in theirs.messages if m["type"] not in {"sample", "read"}] == ["beat", "latest"]


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
    monkeypatch.setattr(subscribers, "NUDGE_SECONDS", 0.3)
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

    monkeypatch.setattr(access, "ask", forbidden)
    hub.receive(told[0])
    for one in opened:
        await one.until(lambda one: one.frames)


async def test_who_sits_in_another_process_is_not_asked_about_in_this_one(
    alice: Person, bob: Person, room: Room, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    looking = await listen(hub, alice, room)
    asked: list[object] = []

    async def note(*question: object) -> None:
        asked.append(question)

    monkeypatch.setattr(access, "ask", note)
    await do(actions.set_muted, bob, room.pk, True)
    await do(say, alice, room)
    await looking.until(lambda one: one.frames)
    assert not asked


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


async def test_a_merged_nudge_of_a_direct_conversation_still_says_that_its_people_are_others(
    alice: Person, bob: Person, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscribers, "NUDGE_SECONDS", 0.3)
    direct = await do(actions.open_direct, alice, [bob.pk])
    elsewhere = await listen(hub, alice)
    for n in range(2):
        await do(say, bob, direct, f"Number {n}")
    await do(actions.rename_person, bob, "Bobby")
    await do(say, bob, direct, "And after it")
    await elsewhere.until(lambda one: [n for n in one.of("nudge") if n["last_seq"] == 3])
    assert [nudge for nudge in elsewhere.of("nudge") if nudge["last"] is None]


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

    assert await publishing.run_and_publish(do, act) == [1, 1, 1]
    assert len(handed) == 4  # events of the account's deletion come with the answer
