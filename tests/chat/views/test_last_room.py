"""After signing in one is in the room one was in last."""

from uuid import uuid4

import pytest
from django.test import Client

from chat import actions
from chat.models import Person, Room
from hypertalk.accounts.models import User
from tests.conftest import client_of, say

SIGN_IN = {"login": "alice@example.com", "password": "talk-to-me"}


def shown_by(client: Client, person: Person, room: Room) -> None:
    """As the page's script does."""
    client.cookies["chat_room"] = f"{person.pk}.{room.pk}"


def last(client: Client) -> str:
    """The address that the page of the list leads to; empty for none."""
    found = client.get("/rooms/").text.partition('data-last="')[2]
    return found.partition('"')[0]


@pytest.mark.cache  # sign-in is rate limited
def test_another_browser_leads_to_the_room_too(alice: Person, room: Room, open_room: Room) -> None:
    client = client_of(alice)
    shown_by(client, alice, open_room)
    assert last(client) == f"/rooms/{open_room.pk}/"
    client.post("/accounts/logout/")
    assert not client.cookies["chat_room"].value
    elsewhere = Client()
    answer = elsewhere.post("/accounts/login/", SIGN_IN)
    assert answer["Location"] == "/"
    assert elsewhere.get("/")["Location"] == "/rooms/#last"
    assert last(elsewhere) == f"/rooms/{open_room.pk}/"
    shown_by(elsewhere, alice, room)
    assert last(elsewhere) == f"/rooms/{room.pk}/"


@pytest.mark.cache
def test_a_link_still_wins(alice: Person, room: Room, open_room: Room) -> None:
    client = Client()
    asked = client.get(f"/rooms/{room.pk}/")["Location"]
    assert client.post(asked, SIGN_IN | {"next": f"/rooms/{room.pk}/"})["Location"] == f"/rooms/{room.pk}/"


@pytest.mark.usefixtures("alice")
@pytest.mark.parametrize("path", ["/", "/rooms/"])
def test_who_meant_no_page_is_led_there(path: str) -> None:
    assert Client().get(path)["Location"] == "/accounts/login/?next=/"


def test_nobody_is_led_to_a_room_that_is_not_theirs(alice: Person, bob: Person, room: Room) -> None:
    other = actions.create_room(bob, name="bobs", topic="", kind="closed")
    client = client_of(alice)
    shown_by(client, alice, other)
    assert last(client) == ""
    shown_by(client, bob, room)  # of whoever used this browser before
    assert last(client) == ""
    for nonsense in ("", ".", "x", f"{alice.pk}.x", f"{alice.pk}.{uuid4()}", f"{alice.pk}.{room.pk}.1"):
        client.cookies["chat_room"] = nonsense
        assert last(client) == ""


def test_where_nobody_knows_it_is_the_room_one_read_last(alice: Person, bob: Person, room: Room) -> None:
    quiet = actions.create_room(bob, name="quiet", topic="", kind="open")
    actions.add_member(bob, quiet.pk, "alice")
    client = client_of(alice)
    assert last(client) == ""
    actions.mark_read(alice, quiet.pk, say(bob, quiet).seq)
    actions.mark_read(alice, room.pk, say(bob, room).seq)
    say(bob, quiet, "Not read")
    assert last(client) == f"/rooms/{room.pk}/"
    assert f"Go to #{room.name}" in client.get("/rooms/").text


def test_nothing_of_it_is_left_of_who_left(alice: Person, bob: Person, room: Room) -> None:
    User.objects.filter(pk=bob.user_id).update(last_room=room.pk)
    actions.delete_account(bob, with_messages=False)
    assert User.objects.get(pk=bob.user_id).last_room is None
