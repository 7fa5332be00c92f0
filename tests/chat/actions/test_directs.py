"""Direct conversations, archived rooms, rooms that become closed; and what search finds."""

import threading
from uuid import uuid4

import pytest
from django.db import connection

from chat import actions
from chat.actions.directs import MAX_PEOPLE
from chat.errors import Invalid, NotFound, Refused
from chat.models import Member, Message, Person, Room
from tests.conftest import client_of, say, script_of


@pytest.fixture
def direct(alice: Person, bob: Person) -> Room:
    return actions.open_direct(alice, [bob.pk])


def listed(person: Person) -> str:
    """The person's room list, without hidden rows."""
    page = script_of(person).get("/rooms/").content.decode()
    return "".join(row for row in page.split("<li")[1:] if " hidden>" not in row.partition("\n")[0])


def test_there_is_one_conversation_for_each_exact_set_of_people(
    alice: Person, bob: Person, charlie: Person, direct: Room
) -> None:
    assert actions.open_direct(bob, [alice.pk]) == direct
    assert actions.open_direct(alice, [bob.pk, alice.pk, bob.pk]) == direct
    three = actions.open_direct(charlie, [alice.pk, bob.pk])
    assert three != direct
    assert actions.open_direct(bob, [charlie.pk, alice.pk]) == three
    assert set(Member.objects.current().filter(room=three).values_list("person", flat=True)) == {
        alice.pk,
        bob.pk,
        charlie.pk,
    }


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite has one writer at a time")
def test_started_from_both_sides_at_once_it_is_one(alice: Person, bob: Person) -> None:
    ready, made = threading.Barrier(2), []

    def start(person: Person, other: Person) -> None:
        ready.wait(5)
        made.append(actions.open_direct(person, [other.pk]).pk)
        connection.close()

    both = [threading.Thread(target=start, args=pair) for pair in ((alice, bob), (bob, alice))]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join(10)
    assert len(made) == 2
    assert len(set(made)) == Room.objects.count() == 1


def test_a_conversation_is_between_two_and_twenty(make_person, alice: Person) -> None:
    with pytest.raises(Invalid):
        actions.open_direct(alice, [])
    with pytest.raises(Invalid):
        actions.open_direct(alice, [alice.pk])
    many = [make_person(f"Person{n}").pk for n in range(MAX_PEOPLE)]
    with pytest.raises(Invalid):
        actions.open_direct(alice, many)
    assert actions.open_direct(alice, many[1:])
    with pytest.raises(NotFound):
        actions.open_direct(alice, [987654])


def test_nobody_joins_leaves_or_keeps_a_direct_conversation(
    alice: Person, bob: Person, charlie: Person, direct: Room
) -> None:
    """Hazard 3: nobody may do these."""
    member = Member.objects.get(room=direct, person=bob)
    for forbidden in (
        lambda: actions.leave_room(alice, direct.pk),
        lambda: actions.add_member(alice, direct.pk, "charlie"),
        lambda: actions.remove_member(alice, direct.pk, member.pk),
        lambda: actions.set_role(alice, direct.pk, member.pk, "owner"),
        lambda: actions.edit_room(alice, direct.pk, name="open", topic=""),
        lambda: actions.archive_room(alice, direct.pk),
        lambda: actions.close_room(alice, direct.pk),
    ):
        with pytest.raises(Refused):
            forbidden()
    with pytest.raises(NotFound):
        actions.join_room(charlie, direct.pk)
    assert client_of(charlie).get(f"/rooms/{direct.pk}/").status_code == 404
    message = say(bob, direct)
    with pytest.raises(Refused):
        actions.delete_message(alice, message.pk)


def test_each_calls_it_by_the_others(alice: Person, bob: Person, charlie: Person, direct: Room) -> None:
    say(alice, direct, "Between us")
    three = actions.open_direct(alice, [bob.pk, charlie.pk])
    page = client_of(alice).get(f"/rooms/{three.pk}/").content.decode()
    assert "<title>Bob, Charlie · hypertalk</title>" in page
    assert "Message Bob, Charlie" in page
    assert "<title>Alice · hypertalk</title>" in client_of(bob).get(f"/rooms/{direct.pk}/").content.decode()
    actions.rename_person(bob, "Robert")
    assert "Robert" in listed(alice)


def test_others_see_it_with_its_first_message_and_hiding_lasts_until_the_next(
    alice: Person, bob: Person, direct: Room
) -> None:
    assert "Bob" in listed(alice)
    assert "Alice" not in listed(bob)
    say(alice, direct, "Hello there")
    assert "Hello there" in listed(bob)
    answer = client_of(bob).post(f"/rooms/{direct.pk}/hide/")
    assert answer.status_code == 302
    assert "Hello there" not in listed(bob)
    say(alice, direct, "Once more")
    assert "Once more" in listed(bob)
    actions.hide_direct(bob, direct.pk)
    assert actions.open_direct(bob, [alice.pk]) == direct
    assert "Once more" in listed(bob)


def test_a_room_can_not_be_hidden(alice: Person, room: Room) -> None:
    with pytest.raises(Refused):
        actions.hide_direct(alice, room.pk)


def test_an_archived_room_is_read_and_nothing_else(alice: Person, bob: Person, room: Room) -> None:
    message = say(bob, room, "Before")
    with pytest.raises(Refused):
        actions.archive_room(bob, room.pk)
    assert client_of(alice).post(f"/rooms/{room.pk}/archive/").status_code == 302
    assert (
        script_of(bob).post(f"/rooms/{room.pk}/messages/", {"id": uuid4(), "body": "Late"}).status_code == 403
    )
    with pytest.raises(Refused):
        actions.edit_message(bob, message.pk, "Changed")
    assert Message.objects.get().body == "Before"
    page = client_of(bob).get(f"/rooms/{room.pk}/").content.decode()
    assert "data-archived" in page
    assert "Archived" in listed(alice) or "harbour" in listed(alice)
    actions.restore_room(alice, room.pk)
    assert say(bob, room, "After")


def test_an_archived_open_room_is_not_found_nor_joined(alice: Person, bob: Person, open_room: Room) -> None:
    actions.archive_room(alice, open_room.pk)
    assert "lobby" not in client_of(bob).get("/rooms/browse/").content.decode()
    with pytest.raises(NotFound):
        actions.join_room(bob, open_room.pk)


def test_an_open_room_closes_and_stays_so(alice: Person, bob: Person, open_room: Room) -> None:
    asked = client_of(alice).get(f"/rooms/{open_room.pk}/close/")
    assert b"be undone." in asked.content
    assert Room.objects.get(pk=open_room.pk).kind == "open"
    assert client_of(alice).post(f"/rooms/{open_room.pk}/close/").status_code == 302
    assert client_of(bob).get(f"/rooms/{open_room.pk}/").status_code == 404
    before = Room.objects.get(pk=open_room.pk).version
    actions.close_room(alice, open_room.pk)
    assert Room.objects.get(pk=open_room.pk).version == before


def test_rooms_and_people_are_found_by_what_they_are_called(
    alice: Person, bob: Person, charlie: Person, open_room: Room
) -> None:
    actions.deactivate_person(charlie)
    client = client_of(bob)
    assert b"lobby" in client.get("/rooms/browse/?q=%23lob").content
    assert b"lobby" not in client.get("/rooms/browse/?q=harbour").content
    everybody = client.get("/people/").content.decode()
    assert "@alice" in everybody
    assert "@charlie" not in everybody
    assert f'value="{bob.pk}"' not in everybody
    assert "No matches for" in client.get("/people/?q=zz%00top").content.decode()
    assert client.get("/people/?page=999").status_code == 200


def test_writing_to_people_from_the_directory(alice: Person, bob: Person, charlie: Person) -> None:
    client = client_of(alice)
    one = client.post("/people/", {"only": bob.pk, "person": [charlie.pk]})
    assert one["Location"] == f"/rooms/{actions.open_direct(alice, [bob.pk]).pk}/"
    several = client.post("/people/", {"person": [bob.pk, charlie.pk]})
    assert several["Location"] == f"/rooms/{actions.open_direct(alice, [bob.pk, charlie.pk]).pk}/"
    for nobody in ({}, {"person": ["x", "9" * 30, "-1"]}, {"person": ["424242"]}):
        assert client.post("/people/", nobody).status_code == 422
