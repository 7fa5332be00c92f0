"""A person's room list: its parts, muted rooms, and the order of the favourites."""

import re
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chat import actions
from chat.errors import Conflict, NotFound
from chat.events.fragments import fragments
from chat.models import Member, Person, Room
from chat.queries.room_list import room_list_of
from chat.templatetags.chat_people import avatar
from tests.conftest import client_of, say, script_of


@pytest.fixture
def rooms(alice: Person) -> list[Room]:
    """Three open rooms of Alice: a, b, c."""
    return [actions.create_room(alice, name=name, topic="", kind="open") for name in "abc"]


@pytest.fixture
def favourites(alice: Person, rooms: list[Room]) -> list[UUID]:
    """Favourites of Alice in the order c, a, b."""
    for room in (rooms[2], rooms[0], rooms[1]):
        actions.set_favourite(alice, room.pk, True)
    return [rooms[2].pk, rooms[0].pk, rooms[1].pk]


def parts_of(person: Person) -> dict[str, list[str]]:
    """The parts of the list, and the names of the rows in each."""
    room_list = room_list_of(person)
    parts = {
        "favourites": room_list.favourites,
        "rooms": room_list.rooms,
        "directs": room_list.directs,
        "archived": room_list.archived,
    }
    return {part: re.findall(r'place__name" dir="auto">([^<]*)<', html) for part, html in parts.items()}


def row_of(person: Person, room: Room) -> str:
    page = script_of(person).get("/rooms/").content.decode()
    return next(row for row in page.split("<li")[1:] if f'id="place-{room.pk}"' in row)


def asked(client: Client, path: str) -> tuple[str, int]:
    """The page, and how many queries it took."""
    with CaptureQueriesContext(connection) as captured:
        html = client.get(path).content.decode()
    return html, len(captured)


def test_favourites_stand_first_in_their_order_and_nowhere_else(
    alice: Person, bob: Person, rooms: list[Room]
) -> None:
    direct = actions.open_direct(alice, [bob.pk])
    actions.archive_room(alice, rooms[0].pk)
    assert parts_of(alice) == {"favourites": [], "rooms": ["b", "c"], "directs": ["Bob"], "archived": ["a"]}
    for room in (rooms[2], direct, rooms[0]):
        actions.set_favourite(alice, room.pk, True)
    say(bob, direct)
    assert parts_of(alice) == {
        "favourites": ["c", "Bob", "a"],
        "rooms": ["b"],
        "directs": [],
        "archived": [],
    }
    actions.set_favourite(alice, rooms[2].pk, False)
    assert parts_of(alice)["favourites"] == ["Bob", "a"]
    assert parts_of(alice)["rooms"] == ["b", "c"]
    assert not parts_of(bob)["favourites"]


def test_the_order_is_that_of_all_favourites_or_none(alice: Person, favourites: list[UUID]) -> None:
    c, a, b = favourites
    actions.order_favourites(alice, [b, c, a])
    assert parts_of(alice)["favourites"] == ["b", "c", "a"]
    alice.refresh_from_db()
    version = alice.version
    actions.order_favourites(alice, [b, c, a])
    for wrong in ([], [a, b], [a, b, c, uuid4()], [a, b, c, c], [a, b, b]):
        with pytest.raises(Conflict):
            actions.order_favourites(alice, wrong)
    alice.refresh_from_db()
    assert alice.version == version
    assert parts_of(alice)["favourites"] == ["b", "c", "a"]


def test_the_order_comes_by_one_post_and_without_script_by_steps(
    alice: Person, favourites: list[UUID]
) -> None:
    c, a, b = map(str, favourites)
    assert script_of(alice).post("/rooms/favourites/", {"order": f"{a} {b} {c}"}).status_code == 204
    assert parts_of(alice)["favourites"] == ["a", "b", "c"]
    client = client_of(alice)
    page = client.get("/rooms/favourites/").content.decode()
    order = re.search(r'type="hidden" name="order" value="([^"]*)"', page)
    assert order
    assert order[1] == f"{a} {b} {c}"
    assert re.findall(r'name="(up|down)" value="([^"]*)"', page) == [
        ("down", a),
        ("up", b),
        ("down", b),
        ("up", c),
    ]
    answer = client.post("/rooms/favourites/", {"order": order[1], "up": c})
    assert answer["Location"] == "/rooms/favourites/"
    assert parts_of(alice)["favourites"] == ["a", "c", "b"]
    client.post("/rooms/favourites/", {"order": f"{a} {c} {b}", "down": a})
    assert parts_of(alice)["favourites"] == ["c", "a", "b"]
    client.post("/rooms/favourites/", {"order": f"{c} {a} {b}", "up": c})
    assert parts_of(alice)["favourites"] == ["c", "a", "b"]
    assert client.post("/rooms/favourites/", {"order": f"{c} {a}"}).status_code == 409
    for odd in ("x", "\x00", f"{c},{a},{b}", "9" * 40):
        assert client.post("/rooms/favourites/", {"order": odd}).status_code == 422
        assert client.post("/rooms/favourites/", {"order": c, "up": odd}).status_code == 422


def test_many_favourites_are_put_in_order_at_once(alice: Person, django_assert_max_num_queries) -> None:
    ids = grow(alice, 150)
    Member.objects.filter(person=alice).update(favourite=1)
    client = script_of(alice)
    client.get("/rooms/")  # the first request records the device
    with django_assert_max_num_queries(12):
        answer = client.post("/rooms/favourites/", {"order": " ".join(map(str, reversed(ids)))})
    assert answer.status_code == 204
    assert list(Member.objects.order_by("favourite").values_list("room", flat=True)) == ids[::-1]


def test_a_muted_room_says_nothing_of_what_is_new(alice: Person, bob: Person, room: Room) -> None:
    say(alice, room, "Loud")
    assert "data-unread" in row_of(bob, room)
    assert client_of(bob).post(f"/rooms/{room.pk}/mute/", {"muted": "1"}).status_code == 302
    row = row_of(bob, room)
    assert "data-muted" in row
    assert "data-unread" not in row
    assert '<span class="badge" hidden>0</span>' in row
    assert 'aria-label="muted"' in row
    assert "data-muted" not in row_of(alice, room)
    assert script_of(bob).post(f"/rooms/{room.pk}/mute/", {"muted": ""}).status_code == 204
    assert "data-unread" in row_of(bob, room)


def test_what_is_set_is_told_to_ones_own_pages_alone_and_stamps_nothing(
    alice: Person, bob: Person, room: Room
) -> None:
    before = Room.objects.values().get(pk=room.pk)
    versions = {person.pk: Person.objects.get(pk=person.pk).version for person in (alice, bob)}
    for _ in range(2):  # the second time changes nothing
        actions.set_muted(bob, room.pk, True)
        actions.set_favourite(bob, room.pk, True)
    assert Person.objects.get(pk=bob.pk).version == versions[bob.pk] + 2
    assert Person.objects.get(pk=alice.pk).version == versions[alice.pk]
    assert Room.objects.values().get(pk=room.pk) == before


def test_who_is_not_in_a_room_has_nothing_to_set(alice: Person, charlie: Person, room: Room) -> None:
    for act in (actions.set_muted, actions.set_favourite):
        with pytest.raises(NotFound):
            act(charlie, room.pk, True)
    for path in ("mute", "favourite"):
        assert client_of(charlie).post(f"/rooms/{room.pk}/{path}/", {"muted": "1"}).status_code == 404
        assert client_of(charlie).get(f"/rooms/{room.pk}/{path}/").status_code == 405


def test_who_comes_back_begins_anew(alice: Person, charlie: Person, open_room: Room) -> None:
    actions.join_room(charlie, open_room.pk)
    actions.set_muted(charlie, open_room.pk, True)
    actions.set_favourite(charlie, open_room.pk, True)
    actions.leave_room(charlie, open_room.pk)
    actions.order_favourites(charlie, [])
    again = actions.join_room(charlie, open_room.pk)
    again.refresh_from_db()
    assert (again.muted, again.favourite) == (False, None)


def test_the_page_of_a_room_says_what_it_is_in_ones_list(alice: Person, room: Room) -> None:
    client = client_of(alice)
    client.get(f"/rooms/{room.pk}/")
    html, before = asked(client, f"/rooms/{room.pk}/")
    here = f'id="mine" data-room="{room.pk}"'
    assert f"{here}>" in html
    actions.set_muted(alice, room.pk, True)
    actions.set_favourite(alice, room.pk, True)
    client.get(f"/rooms/{room.pk}/")
    html, queries = asked(client, f"/rooms/{room.pk}/")
    assert f"{here} data-muted data-favourite>" in html
    assert queries == before
    assert f"{here} data-muted data-favourite>" in client.get(f"/rooms/{room.pk}/members/").content.decode()


def grow(person: Person, count: int) -> list[UUID]:
    """This many rooms of the person, created without the actions, which would take too long."""
    made = Room.objects.bulk_create(
        Room(kind="closed", name=f"room-{n:04}", version=2, details_version=1, created_at=Now())
        for n in range(count)
    )
    Member.objects.bulk_create(Member(room=room, person=person, version=2) for room in made)
    return [room.pk for room in made]


@pytest.mark.parametrize("path", ["/rooms/", "/rooms/favourites/"])
def test_the_list_takes_the_same_queries_with_five_rooms_and_with_five_hundred(
    alice: Person, path: str
) -> None:
    client, taken = client_of(alice), []
    client.get(path)  # from here on the session's user is cached
    actions.order_rooms(alice, "activity")
    client.get(path)
    for more in (5, 495):
        ids = grow(alice, more)
        Member.objects.filter(room__in=ids[: more // 5]).update(favourite=1)
        Member.objects.filter(room__in=ids[more // 2 :]).update(muted=True)
        fragments.clear()
        html, queries = asked(client, path)
        assert html.count('class="place-row"') == Member.objects.count()
        taken.append(queries)
    assert taken[0] == taken[1] <= 7, taken


def test_rooms_are_by_name_or_by_activity_as_each_person_chose(
    alice: Person, bob: Person, rooms: list[Room]
) -> None:
    for room in rooms:
        actions.join_room(bob, room.pk)
    say(bob, rooms[1])
    say(bob, rooms[0])
    assert parts_of(alice)["rooms"] == ["a", "b", "c"]
    answer = script_of(alice).post("/rooms/order/", {"order": "activity"})
    assert (answer.status_code, answer["HX-Trigger"]) == (204, "rooms-changed")
    alice.refresh_from_db()
    assert parts_of(alice)["rooms"] == ["a", "b", "c"]  # nothing was said in c
    say(bob, rooms[2])
    assert parts_of(alice)["rooms"] == ["c", "a", "b"]
    assert parts_of(bob)["rooms"] == ["a", "b", "c"]
    html = script_of(alice).get("/rooms/").content.decode()
    assert re.search(r'<ul[^>]*id="rooms"[^>]* data-by-activity>', html)
    assert re.search(r'name="order" value="name">Sort by name<', html)
    assert client_of(alice).post("/rooms/order/", {"order": "name"})["Location"] == "/rooms/"
    alice.refresh_from_db()
    assert parts_of(alice)["rooms"] == ["a", "b", "c"]
    assert re.search(
        r'name="order" value="activity">Sort by activity<', client_of(alice).get("/rooms/").content.decode()
    )


def test_the_order_of_rooms_is_told_to_ones_own_pages_once(alice: Person, bob: Person) -> None:
    before = {person.pk: Person.objects.get(pk=person.pk).version for person in (alice, bob)}
    for _ in range(2):
        actions.order_rooms(alice, "activity")
    assert Person.objects.get(pk=alice.pk).version == before[alice.pk] + 1
    assert Person.objects.get(pk=bob.pk).version == before[bob.pk]
    for odd in ("", "size", "\x00"):
        assert client_of(alice).post("/rooms/order/", {"order": odd}).status_code == 422
    assert Person.objects.get(pk=alice.pk).room_order == "activity"


def test_favourites_and_archived_rooms_are_not_sorted_by_activity(alice: Person, rooms: list[Room]) -> None:
    actions.order_rooms(alice, "activity")
    for room in (rooms[0], rooms[1]):
        actions.set_favourite(alice, room.pk, True)
    say(alice, rooms[1])
    assert parts_of(alice)["favourites"] == ["a", "b"]


def test_directs_come_before_the_rooms(alice: Person, bob: Person, rooms: list[Room]) -> None:
    direct = actions.open_direct(alice, [bob.pk])
    say(bob, direct)
    html = script_of(alice).get("/rooms/").content.decode()
    at = [html.index(f'id="place-{room.pk}"') for room in (direct, *rooms)]
    assert at == sorted(at)


def test_the_preview_of_a_direct_does_not_repeat_its_name(
    alice: Person, bob: Person, charlie: Person, room: Room
) -> None:
    def preview(person: Person, of: Room) -> str:
        found = re.search(r'<span class="place__last"[^>]*>([^<]*)<', row_of(person, of))
        assert found
        return found[1]

    direct, group = actions.open_direct(alice, [bob.pk]), actions.open_direct(alice, [bob.pk, charlie.pk])
    for each in (direct, group, room):
        say(bob, each, "Hello")
    assert preview(alice, direct) == "Hello"
    assert preview(bob, direct) == "You: Hello"
    assert preview(alice, group) == preview(alice, room) == "Bob: Hello"
    actions.delete_message(bob, say(bob, direct, "Rude").pk)
    assert preview(alice, direct) == "Message deleted"
    assert 'data-by="' in row_of(alice, direct)  # for people who blocked each other


def test_people_of_one_hue_and_equal_initials_have_other_pictures(make_person) -> None:
    people = [make_person(f"Tom{n} Wood") for n in range(24)]
    assert {person.initials for person in people} == {"TW"}
    assert len({(person.hue, person.tone) for person in people}) == 24
    drawn = {str(avatar(person, "s")) for person in people}
    assert len(drawn) == 24
    assert str(avatar(people[0], "xs")).endswith(">T</span>")
