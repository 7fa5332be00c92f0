"""What the switcher finds, and its rate limit."""

import pytest

from chat import actions
from chat.models import Person, Room
from tests.conftest import client_of, script_of
from tests.fuzz.test_fields import ODD, WORST


def found(person: Person, q: str) -> str:
    answer = script_of(person).get("/switch/", {"q": q})
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_finds_open_rooms_and_people_and_nothing_that_is_not_theirs(
    alice: Person, bob: Person, charlie: Person, room: Room, open_room: Room
) -> None:
    closed = actions.create_room(alice, name="lobby-secret", topic="", kind="closed")
    archived = actions.create_room(alice, name="lobby-old", topic="", kind="open")
    actions.archive_room(alice, archived.pk)
    page = found(bob, "lob")
    assert f"/rooms/{open_room.pk}/" in page
    for hidden in (closed, archived):
        assert str(hidden.pk) not in page
    assert "lobby" not in found(alice, "lob")  # her own are in her list already
    assert f'data-only="{charlie.pk}"' in found(bob, "@char")
    actions.deactivate_person(charlie)
    assert "data-only" not in found(bob, "charlie")
    assert "data-only" not in found(bob, "bob")
    assert not found(bob, "").strip()


def test_names_are_found_in_any_script_and_case_by_their_beginning_first(
    make_person, alice: Person, bob: Person
) -> None:
    for name in ("Ива Стоянова", "Галина Иванова", "มาลี ศรีวิไล"):
        make_person(name)
    page = found(bob, "ива")
    assert page.index("Ива Стоянова") < page.index("Галина Иванова")
    assert "มาลี" in found(bob, "ศรี")
    assert "Ива Стоянова" in found(bob, "@Ива Сто")
    actions.create_room(alice, name="първа-помощ", topic="", kind="open")
    assert "първа-помощ" in found(bob, "#ПЪРВА")
    assert "data-only" not in found(bob, "и.а")


@pytest.mark.parametrize(
    "odd", [*WORST.values(), *ODD.values(), "(", "[a", "\\", "***:x", "%", "_", "#", "@"]
)
def test_whatever_is_looked_for_is_no_error(alice: Person, bob: Person, open_room: Room, odd: str) -> None:
    q = odd.encode("utf-8", "surrogatepass")
    for path in ("/switch/", "/people/", "/rooms/browse/"):
        assert script_of(bob).get(path, {"q": q}).status_code == 200


def test_it_takes_two_queries_however_many_there_are(
    alice: Person, make_person, django_assert_num_queries
) -> None:
    for n in range(12):
        make_person(f"Lobbyist{n}")
        actions.create_room(make_person(f"Owner{n}"), name=f"lobby-{n}", topic="", kind="open")
    client = script_of(alice)
    client.get("/switch/")
    with django_assert_num_queries(4):  # two of them for the session and its user
        page = client.get("/switch/", {"q": "lobby"}).content.decode()
    assert page.count('role="option"') == 16


def test_without_script_it_leads_to_the_open_rooms(alice: Person) -> None:
    assert client_of(alice).get("/switch/?q=x")["Location"] == "/rooms/browse/"
    assert 'href="/rooms/browse/"' in client_of(alice).get("/rooms/").content.decode()


def test_searching_is_limited_by_person_wherever_it_is_done(alice: Person, bob: Person, settings) -> None:
    settings.CHAT_LIMITS = {"search": (3, 60)}
    client = script_of(alice)
    for path in ("/switch/?q=x", "/rooms/browse/", "/people/?q=x"):
        assert client.get(path).status_code == 200
    for path in ("/switch/?q=x", "/rooms/browse/", "/people/?q=x"):
        refused = client.get(path)
        assert (refused.status_code, refused["Content-Type"][:10]) == (429, "text/plain")
        assert 1 <= int(refused["Retry-After"]) <= 60
    assert "Too many requests" in client_of(alice).get("/people/").content.decode()
    assert script_of(bob).get("/people/").status_code == 200
