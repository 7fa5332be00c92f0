"""What nobody can see is no message, no name and no topic."""

from uuid import uuid4

import pytest

from chat import actions
from chat.actions.posting import clean_body
from chat.errors import Invalid
from chat.models import Person, Room

UNSEEN = [
    "\u200b",
    "\u2060\n\u200d",
    "\u3164",
    "\uffa0\u115f",
    "\ufe0f",
    "\U000e0067\U000e007f",
    "\u00a0\u2800\u00ad",
]


@pytest.mark.parametrize("body", UNSEEN)
def test_a_message_that_nobody_can_see_is_empty(body: str) -> None:
    with pytest.raises(Invalid, match="Write a message first"):
        clean_body(body)


@pytest.mark.parametrize("body", ["\u200bx", ".", "🏳️", "\u0301"])
def test_a_message_that_somebody_sees_is_kept_as_it_is(body: str) -> None:
    assert clean_body(body) == body


def test_a_message_cannot_be_edited_into_nothing(alice: Person, room: Room) -> None:
    posted = actions.post_message(alice, room.pk, id=uuid4(), body="Ahoy").message
    with pytest.raises(Invalid, match="Write a message first"):
        actions.edit_message(alice, posted.pk, "\u3164\u200b")


def test_one_empty_message_of_a_batch_is_refused_alone(alice: Person, room: Room) -> None:
    bodies = ["one", "\u2060", "https://example.com/%00x", "two"]
    outcomes = actions.post_messages([actions.Posting(alice, room.pk, uuid4(), body) for body in bodies])
    assert [isinstance(outcome, Invalid) for outcome in outcomes] == [False, True, False, False]


@pytest.mark.parametrize("name", UNSEEN)
def test_a_room_has_a_name_that_people_see(alice: Person, name: str) -> None:
    with pytest.raises(Invalid):
        actions.create_room(alice, name=name, topic="", kind="open")


def test_a_room_has_no_second_name_that_looks_the_same(alice: Person) -> None:
    actions.create_room(alice, name="harbour", topic="", kind="open")
    with pytest.raises(Invalid, match="already"):
        actions.create_room(alice, name="harbour\u3164", topic="", kind="open")


def test_a_topic_and_an_about_that_nobody_sees_are_empty(alice: Person) -> None:
    assert actions.create_room(alice, name="pier", topic="\u3164\u200b", kind="open").topic == ""
    assert actions.edit_profile(alice, {"about": "\u2060\ufe0f"}).about == ""


def test_an_account_whose_name_nobody_sees_is_called_by_its_address(make_person) -> None:
    assert make_person("\u3164\u200b").display_name
