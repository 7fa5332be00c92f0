"""Profiles, preferences of language and theme, and profile cards."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from chat import actions, forms
from chat.actions import profiles
from chat.errors import Invalid
from chat.events import publishing
from chat.events.types import MemberChanged, PersonChanged
from chat.models import Member, Person, Room
from hypertalk.caching import row_cache
from tests.conftest import client_of, say, script_of

GIVEN = {
    "display_name": "Alix",
    "username": "@Alix_1",
    "pronouns": "she / her",
    "about": "On the pier   until <b>Friday</b>",
    "time_zone": "asia/bangkok",
    "language": "bg",
    "theme": "dark",
}


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    events: list[Any] = []
    monkeypatch.setattr(publishing, "_send", events.extend)
    return events


@pytest.fixture
def translated(monkeypatch: pytest.MonkeyPatch) -> None:
    """The chat in three languages."""
    monkeypatch.setattr(forms, "translated_languages", lambda: frozenset({"en", "th", "bg"}))


@pytest.mark.usefixtures("translated")
def test_all_of_it_is_kept(alice: Person) -> None:
    assert client_of(alice).post("/profile/", GIVEN).status_code == 302
    alice.refresh_from_db()
    kept = {name: getattr(alice, name) for name in GIVEN}
    assert kept == GIVEN | {
        "username": "alix_1",
        "about": "On the pier until <b>Friday</b>",
        "time_zone": "Asia/Bangkok",
    }


@pytest.mark.usefixtures("translated")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("display_name", "  "),
        ("display_name", "x" * 81),
        ("username", ""),
        ("username", "no spaces"),
        ("username", "x"),
        ("username", "x" * 41),
        ("username", "bob"),
        ("username", "BOB"),
        ("pronouns", "x" * 41),
        ("about", "x" * 301),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "../../etc/passwd"),
        ("time_zone", "a\0b"),
        ("language", "xx"),
        ("language", "../en"),
        ("theme", "pink"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field(alice: Person, bob: Person, field: str, value: str) -> None:
    before = Person.objects.values().get(pk=alice.pk)
    given = {name: before[name] for name in GIVEN} | {field: value}
    answer = client_of(alice).post("/profile/", given)
    assert answer.status_code == 422
    assert re.search(rf'name="{field}"[^>]* aria-invalid="true"', answer.content.decode())
    assert Person.objects.values().get(pk=alice.pk) == before


def test_languages_without_translations_are_not_offered(alice: Person, settings: Any, tmp_path: Path) -> None:
    assert profiles.translated_languages() == {"en"}
    client = client_of(alice)
    assert 'name="language"' not in client.get("/profile/").content.decode()
    assert client.post("/profile/", GIVEN).status_code == 302
    assert Person.objects.get(pk=alice.pk).language == ""
    actions.edit_profile(alice, {"language": "bg"})  # chosen when it was offered: it can be changed
    page = client.get("/profile/").content.decode()
    assert re.findall(r'<option value="(\w*)"[^>]* lang="\w+">', page) == ["en", "bg"]

    catalogue = tmp_path / "th" / "LC_MESSAGES" / "django.mo"
    catalogue.parent.mkdir(parents=True)
    catalogue.touch()
    settings.LOCALE_PATHS = [tmp_path]
    profiles.translated_languages.cache_clear()
    try:
        assert profiles.translated_languages() == {"en", "th"}
    finally:
        profiles.translated_languages.cache_clear()


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Europe/Sofia", "Europe/Sofia"),
        (" europe/sofia ", "Europe/Sofia"),
        ("Sofia", "Europe/Sofia"),
        ("ho chi minh", "Asia/Ho_Chi_Minh"),
        ("America/Argentina/Buenos Aires", "America/Argentina/Buenos_Aires"),
        ("utc", "UTC"),
        ("", ""),
    ],
)
def test_a_city_is_enough_for_a_time_zone(typed: str, zone: str) -> None:
    assert profiles.clean_time_zone(typed) == zone


@pytest.mark.parametrize("odd", ["Europe", "/", "Mars", "GMT+25", "Buenos Aires and Sofia", "\u202eaifoS"])
def test_odd_time_zones_are_refused_with_a_sentence(alice: Person, odd: str) -> None:
    answer = client_of(alice).post("/profile/", GIVEN | {"time_zone": odd})
    assert answer.status_code == 422
    assert "This time zone was not found. Type a city and choose from the list." in answer.content.decode()


def test_the_list_of_time_zones_comes_with_the_page(alice: Person) -> None:
    page = client_of(alice).get("/profile/").content.decode()
    assert '<option value="Asia/Ho_Chi_Minh">Ho Chi Minh</option>' in page
    assert 'list="time-zones"' in page


def test_who_has_a_username_of_old_keeps_it(alice: Person) -> None:
    Person.objects.filter(pk=alice.pk).update(username="a")
    answer = client_of(alice).post("/profile/", GIVEN | {"username": "a"})
    assert answer.status_code == 302
    assert Person.objects.get(pk=alice.pk).display_name == "Alix"


def test_another_username_is_found_and_the_old_one_is_not(alice: Person, charlie: Person, room: Room) -> None:
    actions.edit_profile(charlie, {"username": "chas"})
    with pytest.raises(Invalid):
        actions.add_member(alice, room.pk, "charlie")
    assert actions.add_member(alice, room.pk, "chas").person == charlie


def test_only_what_fragments_show_is_told_to_rooms(
    alice: Person, room: Room, told: list[Any], django_capture_on_commit_callbacks
) -> None:
    before = Room.objects.get(pk=room.pk).version
    with django_capture_on_commit_callbacks(execute=True):
        actions.edit_profile(
            alice, {"about": "Words", "theme": "dark", "time_zone": "UTC", "display_name": "Alice"}
        )
    assert told == []
    with django_capture_on_commit_callbacks(execute=True):
        actions.edit_profile(alice, {"username": "alix"})
    kinds = [type(event) for event in told]
    assert kinds == [MemberChanged, PersonChanged]
    assert Room.objects.get(pk=room.pk).version == before + 1
    assert "@alix" in script_of(alice).get(f"/rooms/{room.pk}/changes/?after={before}").content.decode()


def test_a_profile_takes_the_same_queries_however_many_rooms(
    alice: Person, bob: Person, django_assert_max_num_queries
) -> None:
    def count(name: str) -> int:
        with django_assert_max_num_queries(20) as counted:
            actions.edit_profile(alice, {"username": name})
        return len(counted)

    actions.create_room(alice, name="first", topic="", kind="open")
    few = count("one")
    for n in range(10):
        actions.create_room(alice, name=f"other-{n}", topic="", kind="open")
    assert count("two") == few


def test_pages_come_in_the_language_one_chose(alice: Person) -> None:
    client = client_of(alice)
    assert b'<html lang="th"' in client.get("/rooms/", headers={"Accept-Language": "th"}).content
    actions.edit_profile(alice, {"language": "bg"})
    for path in ("/rooms/", "/profile/", "/accounts/password/change/"):
        answer = client.get(path, headers={"Accept-Language": "th"})
        assert b'<html lang="bg"' in answer.content, path
        assert answer["Content-Language"] == "bg"
    client.post("/accounts/logout/")
    assert b'<html lang="en"' in client.get("/accounts/login/").content


def test_a_language_or_a_zone_that_is_not_there_any_more_is_no_error(alice: Person) -> None:
    Person.objects.filter(pk=alice.pk).update(language="de", time_zone="Mars/Olympus")
    for path in ("/rooms/", f"/people/{alice.pk}/"):
        assert b'<html lang="en"' in client_of(alice).get(path).content


def test_times_of_pages_are_those_of_the_reader(alice: Person, bob: Person, room: Room) -> None:
    said = say(bob, room).created_at
    assert f'">{said:%H:%M}</time>' in client_of(alice).get("/rooms/").content.decode()
    actions.edit_profile(alice, {"time_zone": "Asia/Bangkok"})
    page = client_of(alice).get("/rooms/").content.decode()
    assert f'">{said + timedelta(hours=7):%H:%M}</time>' in page


@pytest.mark.parametrize(
    ("theme", "scheme"), [("system", "light dark"), ("light", "light"), ("dark", "dark")]
)
def test_the_server_says_the_colours_before_anything_is_drawn(alice: Person, theme: str, scheme: str) -> None:
    actions.edit_profile(alice, {"theme": theme})
    for path in ("/rooms/", "/accounts/password/change/"):
        page = client_of(alice).get(path).content.decode()
        assert f'data-theme="{theme}"' in page
        assert f'<meta name="color-scheme" content="{scheme}">' in page
    assert 'data-theme="system"' in Client().get("/accounts/login/").content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("translated")
def test_language_and_colours_cost_no_query_and_change_at_once(
    alice: Person, settings: Any, django_assert_max_num_queries
) -> None:
    settings.ROW_CACHE_SECONDS = 30
    client = client_of(alice)
    client.get("/profile/")  # records the device
    row_cache.cache.clear()
    client.get("/profile/")
    with django_assert_max_num_queries(3):  # the room list
        assert b'<html lang="en"' in client.get("/profile/").content
    client.post("/profile/", {**{n: getattr(alice, n) for n in GIVEN}, "language": "th", "theme": "dark"})
    page = client.get("/profile/").content
    assert b'<html lang="th"' in page
    assert b'data-theme="dark"' in page


def test_a_card_says_who_somebody_is(alice: Person, charlie: Person) -> None:
    actions.edit_profile(charlie, GIVEN | {"username": "charlie-2"})
    charlie.user.is_staff = True
    charlie.user.save()
    for client, has_page in ((script_of(alice), False), (client_of(alice), True)):
        answer = client.get(f"/people/{charlie.pk}/")
        words = answer.content.decode()
        assert ("<!doctype html>" in words) is has_page
        for sentence in (
            "Alix",
            "@charlie-2",
            "she / her",
            "until &lt;b&gt;Friday",
            "Local time",
            "Workspace moderator",
        ):
            assert sentence in words
        assert f'name="only" value="{charlie.pk}"' in words
        assert "example.com" not in words
    own = client_of(charlie).get(f"/people/{charlie.pk}/").content.decode()
    assert "/profile/" in own
    assert 'name="only" value' not in own


def test_the_card_of_somebody_deactivated_says_so(alice: Person, bob: Person) -> None:
    actions.deactivate_person(bob)
    words = client_of(alice).get(f"/people/{bob.pk}/").content.decode()
    assert "This account is no longer active." in words
    assert 'name="only" value' not in words


def test_cards_are_for_those_signed_in(bob: Person) -> None:
    assert Client().get(f"/people/{bob.pk}/").status_code == 302
    assert Client(headers={"HX-Request": "true"}).get(f"/people/{bob.pk}/").status_code == 401
    for odd in ("0", "9" * 40, "x", "-1"):
        assert client_of(bob).get(f"/people/{odd}/").status_code == 404


def test_names_lead_to_the_card_and_are_the_same_for_everybody(
    alice: Person, bob: Person, room: Room
) -> None:
    say(bob, room)
    say(bob, room)
    html = [script_of(p).get(f"/rooms/{room.pk}/messages/?before=9").content.decode() for p in (alice, bob)]
    assert html[0] == html[1]
    assert html[0].count(f'href="/people/{bob.pk}/"') == 2
    assert html[0].count('tabindex="-1"') == 1  # a continuing message shows no name
    assert (
        f'class="person__name" href="/people/{bob.pk}/"'
        in client_of(alice).get(f"/rooms/{room.pk}/").content.decode()
    )
    assert Member.objects.count() == 2
