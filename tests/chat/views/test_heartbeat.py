"""Polling without a socket: the answer is as small as a beat, and empty if nothing changed."""

from uuid import uuid4

from django.test import Client

from chat import actions
from chat.models import Member, Person, Room
from tests.conftest import client_of, say, script_of


def test_it_says_what_the_first_beat_of_a_socket_says(alice: Person, bob: Person, room: Room) -> None:
    say(alice, room)
    room.refresh_from_db()
    bob.refresh_from_db()
    said = script_of(bob).get(f"/beat/?room={room.pk}").json()
    assert said == {
        "type": "beat",
        "room": str(room.pk),
        "version": room.version,
        "person": bob.version,
        "rooms": {str(room.pk): [room.version, room.last_seq]},
    }
    assert script_of(bob).get("/beat/").json()["version"] is None


def test_nothing_new_is_304_and_one_query_for_the_rooms(
    alice: Person, bob: Person, room: Room, django_assert_max_num_queries
) -> None:
    client, path = script_of(bob), f"/beat/?room={room.pk}"
    tag = client.get(path)["ETag"]
    for n in range(5):
        actions.add_member(alice, actions.create_room(alice, name=f"r{n}", topic="", kind="closed").pk, "bob")
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 200
    tag = client.get(path)["ETag"]
    with django_assert_max_num_queries(3):  # the session and the user, unless they are cached, and the rooms
        same = client.get(path, headers={"If-None-Match": tag})
    assert (same.status_code, same.content) == (304, b"")
    say(alice, room)
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_whoever_is_out_of_the_room_learns_nothing_of_it(alice: Person, bob: Person, room: Room) -> None:
    actions.remove_member(alice, room.pk, Member.objects.get(room=room, person=bob).pk)
    say(alice, room)
    said = script_of(bob).get(f"/beat/?room={room.pk}").json()
    assert (said["version"], said["rooms"]) == (None, {})
    assert script_of(bob).get(f"/beat/?room={uuid4()}").json()["version"] is None


def test_it_is_for_people_who_are_signed_in_and_bounded(bob: Person, settings) -> None:
    assert Client(headers={"HX-Request": "true"}).get("/beat/").status_code == 401
    settings.CHAT_LIMITS = {"beat": (1, 60)}
    client = script_of(bob)
    assert client.get("/beat/?room=x").status_code == 422
    answer = client.get("/beat/")
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0


def test_every_answer_says_whose_it_is(bob: Person) -> None:
    """A captive portal answers too, and its pages must not be taken for ours."""
    for answer in (client_of(bob).get("/rooms/"), Client().get("/rooms/"), client_of(bob).get("/nowhere/")):
        assert answer["Chat-Answer"] == "1"
