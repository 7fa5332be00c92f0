"""Searching while one types: people to talk to, to add and to invite, and open rooms."""

import re

import pytest
from django.test import Client

from chat import actions
from chat.models import Member, Person, Room
from tests.conftest import client_of, script_of


def typed(client: Client, path: str, target: str) -> str:
    """The part of the page that changes while one types."""
    answer = client.get(path, headers={"HX-Target": target})
    assert answer.status_code == 200
    return answer.content.decode()


def listed(html: str) -> list[tuple[str, bool]]:
    """The people to choose from, and who is chosen."""
    found = re.findall(r'name="person" value="\d+" aria-label="([^"]*)"( checked)?>', html)
    return [(name, bool(checked)) for name, checked in found]


def test_the_chosen_stay_chosen_and_come_first_while_the_search_changes(
    alice: Person, bob: Person, charlie: Person
) -> None:
    client = script_of(alice)
    assert listed(typed(client, "/people/?q=", "people-found")) == [("Bob", False), ("Charlie", False)]
    html = typed(client, f"/people/?q=char&person={bob.pk}", "people-found")
    assert listed(html) == [("Bob", True), ("Charlie", False)]
    assert "<html" not in html
    both = typed(client, f"/people/?q=nobody&person={bob.pk}&person={charlie.pk}", "people-found")
    assert listed(both) == [("Bob", True), ("Charlie", True)]
    assert "No matches for “nobody”." in both


def test_who_has_left_or_is_oneself_is_not_among_the_chosen(
    alice: Person, bob: Person, charlie: Person
) -> None:
    actions.deactivate_person(bob)
    asked = f"/people/?q=x&person={bob.pk}&person={alice.pk}&person=x&person={'9' * 40}&person={charlie.pk}"
    assert listed(typed(script_of(alice), asked, "people-found")) == [("Charlie", True)]


def test_too_many_people_are_refused_and_stay_chosen(alice: Person, make_person) -> None:
    others = [make_person(f"Other{n}").pk for n in range(20)]
    answer = client_of(alice).post("/people/", {"person": others})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "Choose 1 to 19 people." in html
    assert sum(chosen for _name, chosen in listed(html)) == 20


def test_without_script_people_are_searched_and_chosen_by_plain_forms(alice: Person, bob: Person) -> None:
    client = client_of(alice)
    page = client.get("/people/?q=bo").content.decode()
    assert re.search(r'<form class="search" method="get"', page)
    assert listed(page) == [("Bob", False)]
    made = client.post("/people/", {"person": [bob.pk]})
    assert made["Location"] == f"/rooms/{Room.objects.get(kind='direct').pk}/"


def test_the_pages_of_a_long_list_keep_the_chosen_by_script_alone(alice: Person, make_person) -> None:
    chosen, *_others = [make_person(f"Person{n:02}") for n in range(60)]
    html = typed(script_of(alice), f"/people/?q=person&person={chosen.pk}", "people-found")
    assert 'hx-get="?q=person&amp;page=2"' in html
    assert len(listed(html)) == 51


def test_it_takes_as_many_queries_with_one_person_as_with_fifty(
    alice: Person, make_person, django_assert_max_num_queries
) -> None:
    people = [make_person(f"Person{n:02}").pk for n in range(50)]
    client = script_of(alice)
    client.get("/people/")
    for chosen in (people[:1], people[:19]):
        asked = "&".join(f"person={pk}" for pk in chosen)
        with django_assert_max_num_queries(5):
            typed(client, f"/people/?q=person&{asked}", "people-found")


def test_an_owner_is_suggested_people_outside_the_room(
    alice: Person, bob: Person, charlie: Person, room: Room
) -> None:
    path = f"/rooms/{room.pk}/members/find/?username="
    client = script_of(alice)
    html = typed(client, f"{path}CHAR", "add-found")
    assert 'name="username" value="charlie"' in html
    assert 'aria-label="Add Charlie"' in html
    inside = typed(client, f"{path}bob", "add-found")
    assert "No matches for “bob” outside this room." in inside
    assert "No matches" not in typed(client, path, "add-found")
    added = client_of(alice).post(f"/rooms/{room.pk}/members/", {"username": "charlie"})
    assert added.status_code == 302
    assert Member.objects.current().filter(room=room, person=charlie).exists()


def test_nobody_but_an_owner_is_suggested_anybody(
    alice: Person, bob: Person, charlie: Person, mia: Person, room: Room
) -> None:
    path = f"/rooms/{room.pk}/members/find/?username=char"
    assert script_of(bob).get(path).status_code == 403
    assert script_of(mia).get(path).status_code == 404
    assert script_of(charlie).get(path).status_code == 404
    assert client_of(alice).get(path)["Location"] == f"/rooms/{room.pk}/members/"
    actions.deactivate_person(charlie)
    assert "@charlie" not in typed(script_of(alice), path, "add-found")


def test_whom_one_blocked_or_who_blocked_one_is_suggested_alike_and_refused_alike(
    alice: Person, charlie: Person, make_person, room: Room
) -> None:
    """The absence of a name would tell who blocked whom."""
    chara = make_person("Chara")
    actions.block_person(alice, charlie.pk)
    actions.block_person(chara, alice.pk)
    html = typed(script_of(alice), f"/rooms/{room.pk}/members/find/?username=char", "add-found")
    assert "@chara" in html
    assert "@charlie" in html
    for name in ("chara", "charlie"):
        answer = client_of(alice).post(f"/rooms/{room.pk}/members/", {"username": name})
        assert answer.status_code == 403
        assert "add" in answer.content.decode()


@pytest.mark.parametrize("name", ["\x00", "%", "_", "(", "\\"])
def test_odd_words_find_nobody(alice: Person, charlie: Person, room: Room, name: str) -> None:
    html = script_of(alice).get(f"/rooms/{room.pk}/members/find/", {"username": name}).content.decode()
    assert "@charlie" not in html


def test_rooms_to_join_and_people_to_invite_are_found_the_same_way(
    alice: Person, bob: Person, charlie: Person, room: Room, open_room: Room
) -> None:
    html = typed(script_of(bob), "/rooms/browse/?q=lob", "rooms-found")
    assert "Join #lobby" in html
    assert "<html" not in html
    html = typed(script_of(alice), f"/rooms/{room.pk}/invitations/?q=char", "invite-found")
    assert "Invite Charlie" in html
    assert f'action="/rooms/{room.pk}/invitations/"' in html
    assert "<html" not in html
