"""Kinds of delivery: latest values are complete after each first beat; ephemeral ones go only to people with access."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from chat import actions
from chat.actions.drafting import save_draft
from chat.events.compatibility import from_older
from chat.events.draft_events import DraftChanged
from chat.events.envelope import Envelope, checked, person_topic, room_topic
from chat.events.publishing import apublish
from chat.events.types import AccountChanged, Event, PersonChanged, ReadMoved, SessionEnded
from chat.live import access
from chat.live.hub import Hub
from chat.models import Person, Room
from tests.conftest import say
from tests.support.live import do, listen

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass(frozen=True, slots=True)
class Waved(Event):
    """A made-up event of a feature, which stores nothing."""

    room: Room

    def to_envelope(self) -> Envelope:
        return {
            "kind": "waved",
            "topic": room_topic(self.room.pk),
            "delivery": "ephemeral",
            "room": str(self.room.pk),
            "epoch": self.room.epoch,
            "message": {"type": "waved"},
        }


async def test_what_is_ephemeral_reaches_those_who_show_the_room_from_the_event_loop(
    alice: Person, bob: Person, room: Room, hub: Hub
) -> None:
    showing, elsewhere = await listen(hub, bob, room), await listen(hub, alice)
    await apublish(Waved(room))
    await showing.until(lambda one: one.of("waved"))
    await do(say, alice, room, "A message after it")
    await elsewhere.until(lambda one: one.of("nudge"))
    assert not elsewhere.of("waved")


def test_what_would_be_lost_unnoticed_is_refused_where_it_is_made() -> None:
    waved: Envelope = {"kind": "waved", "topic": "room:1", "delivery": "ephemeral", "message": {}}
    with pytest.raises(ValueError, match="needs the room's epoch"):
        checked(waved)
    assert checked({**waved, "epoch": 1})


async def test_what_is_ephemeral_is_dropped_while_nobody_knows_who_may_hear_it(
    alice: Person, bob: Person, room: Room, hub: Hub, lossy: list[Any]
) -> None:
    """Bob was removed, and his hub does not know yet: later envelopes have the next epoch."""
    showing = await listen(hub, bob, room)
    await do(actions.remove_member, alice, room.pk, await do(member_id, room, bob))
    await do(room.refresh_from_db)
    hub.receive(Waved(room).to_envelope())
    await hub.tasks.done()
    assert not showing.of("waved")


def member_id(room: Room, person: Person) -> int:
    return room.members.get(person=person).pk


@dataclass(frozen=True, slots=True)
class TopicSet(Event):
    """A mistake: a value of a room, which no first beat would send again."""

    room: Room

    def to_envelope(self) -> Envelope:
        return {
            "kind": "topic",
            "topic": room_topic(self.room.pk),
            "delivery": "latest",
            "message": {"type": "topic"},
        }


async def test_a_latest_value_of_a_room_is_refused(room: Room) -> None:
    with pytest.raises(ValueError, match="topic: a latest value needs a person's topic, not room:"):
        await apublish(TopicSet(room))


async def test_latest_values_come_whole_after_the_first_beat(
    alice: Person, bob: Person, room: Room, open_room: Room, hub: Hub
) -> None:
    await do(say, alice, room)
    await do(actions.join_room, bob, open_room.pk)
    await do(actions.mark_read, bob, room.pk, 1)
    kept = await do(save_draft, bob, open_room.pk, "Half a sentence", age=timedelta())
    opened = await listen(hub, bob, room)
    (latest,) = opened.of("latest")
    assert latest["read"] == {str(room.pk): 1, str(open_room.pk): 0}
    assert latest["draft"] == {str(open_room.pk): kept.state}
    assert [message["type"] for message in opened.messages][:2] == ["beat", "latest"]


async def test_a_value_that_changes_during_each_query_is_not_missed_and_does_not_make_the_handshake_endless(
    alice: Person, bob: Person, room: Room, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bob reads on in another tab while the database is slow: what was published meanwhile comes after what was read."""
    await do(say, alice, room)
    real, asked = access.ask, []

    async def meanwhile(question: Any, *args: Any) -> Any:
        answer = await real(question, *args)
        asked.append(question)
        if len(asked) < 10:
            hub.receive(ReadMoved(bob.pk, room.pk, len(asked)).to_envelope())
            hub.receive(ReadMoved(alice.pk, room.pk, 99).to_envelope())
        return answer

    monkeypatch.setattr(access, "ask", meanwhile)
    opened = await listen(hub, bob, room)
    assert asked == [access.authenticate]
    await opened.until(lambda one: one.of("read"))
    assert [message["type"] for message in opened.messages] == ["beat", "latest", "read"]
    assert opened.of("latest")[0]["read"] == {str(room.pk): 0}
    assert opened.of("read")[0]["seq"] == 1


@pytest.mark.parametrize(
    ("event", "older"),
    [
        (PersonChanged(7, 3), {"kind": "person", "person": 7, "version": 3}),
        (AccountChanged("9"), {"kind": "account", "user": "9"}),
        (SessionEnded("digest"), {"kind": "session", "session": "digest"}),
        (
            ReadMoved(7, UUID(int=1), 5),
            {"kind": "read", "person": 7, "room": "00000000-0000-0000-0000-000000000001", "seq": 5},
        ),
        (
            DraftChanged(7, UUID(int=1), ""),
            {"kind": "draft", "person": 7, "room": "00000000-0000-0000-0000-000000000001", "state": ""},
        ),
    ],
)
def test_the_release_before_reads_our_envelopes_and_we_read_its(event: Event, older: dict[str, Any]) -> None:
    ours = dict(event.to_envelope())
    assert older.items() <= ours.items()
    understood = from_older(older)
    assert understood is not None
    assert {name: ours[name] for name in understood} | dict(understood) == {
        name: ours[name] for name in understood
    }


def test_an_older_kind_that_nobody_knows_is_left_alone() -> None:
    assert from_older({"kind": "of a newer release"}) is None
    assert person_topic(7) == "person:7"
