"""Subscribers run after a commit, once, and their errors break nothing."""

from collections.abc import Sequence
from uuid import uuid4

import pytest
from django.db import transaction

from chat import actions
from chat.events import subscribers
from chat.events.subscribers import subscribe
from chat.events.types import MessageChanged, MessageDeleted, MessageEdited, MessagePosted
from chat.models import Message, Person, Room
from tests.conftest import say

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscribers, "_subscribers", [])


def test_posted_edited_and_deleted_are_told_apart_once_for_each_commit(alice: Person, room: Room) -> None:
    heard: list[tuple[str, list[str]]] = []

    @subscribe(MessagePosted)
    def posted(events: Sequence[MessagePosted]) -> None:
        heard.append(("posted", [event.message.body for event in events]))

    @subscribe(MessageEdited)
    def edited(events: Sequence[MessageEdited]) -> None:
        heard.append(("edited", [event.message.body for event in events]))

    @subscribe(MessageDeleted)
    def deleted(events: Sequence[MessageDeleted]) -> None:
        heard.append(("deleted", [event.message.body for event in events]))

    message = say(alice, room, "First")
    actions.edit_message(alice, message.pk, "Second")
    actions.delete_message(alice, message.pk)
    assert heard == [("posted", ["First"]), ("edited", ["Second"]), ("deleted", [""])]
    heard.clear()
    actions.post_messages(
        [actions.Posting(alice, room.pk, uuid4(), body) for body in ("One", "Two", "Three")]
    )
    assert heard == [("posted", ["One", "Two", "Three"])]


def test_nobody_hears_of_what_was_rolled_back(alice: Person, room: Room) -> None:
    heard: list[MessageChanged] = []
    subscribe(MessageChanged)(heard.extend)
    with pytest.raises(RuntimeError), transaction.atomic():
        say(alice, room, "Never said")
        raise RuntimeError
    assert not heard
    say(alice, room, "Said")
    assert [event.message.body for event in heard] == ["Said"]


def test_a_subscriber_that_fails_spoils_neither_the_message_nor_the_next_subscriber(
    alice: Person, room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[MessagePosted] = []

    @subscribe(MessagePosted)
    def broken(events: Sequence[MessagePosted]) -> None:
        raise ValueError("a fault of a feature")

    subscribe(MessagePosted)(heard.extend)
    message = say(alice, room, "Kept all the same")
    assert Message.objects.filter(pk=message.pk).exists()
    assert [event.message.pk for event in heard] == [message.pk]
    (record,) = [record for record in caplog.records if record.name == "chat.events.subscribers"]
    assert record.getMessage() == "a subscriber failed after a commit"
