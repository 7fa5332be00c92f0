"""A room's name is made of what people type. The browser's stories say that the form makes the same of it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.actions.rooms import NAME_LIMIT, clean_name
from chat.errors import Invalid
from chat.models import Person, Room
from chat.text.characters import INVISIBLE
from tests.conftest import client_of

# What is typed -> the name. Also tried in a browser (tests/browser/test_forms.py).
NAMES = {
    "Winter Party": "winter-party",
    "  Two   spaces ": "two-spaces",
    "#Design": "design",
    "# Design": "design",
    "Q&A": "q-a",
    "Rock 'n' Roll!": "rock-n-roll",
    "Tom’s room": "toms-room",
    "before - after": "before-after",
    "release_2.0": "release_2.0",
    "two--dashes": "two--dashes",
    "ห้อง ประชุม": "ห้อง-ประชุม",
    "Обща Стая": "обща-стая",
    "CAFE\u0301": "café",
    "日本語 の 部屋": "日本語-の-部屋",
    "party 🎉": "party",
    "🎉 party": "party",
    "a/b\\c": "a-b-c",
    "tab\tand\nline": "tab-and-line",
    "in\u200dvisible\u202e": "invisible",
}


@pytest.mark.parametrize(("typed", "name"), NAMES.items())
def test_a_name_is_made_of_what_is_typed(typed: str, name: str) -> None:
    assert clean_name(typed) == name


@pytest.mark.parametrize("typed", ["", "   ", "!!!", "\u200b", "🎉", "x" * (NAME_LIMIT + 1)])
def test_where_nothing_or_too_much_is_left_it_is_said(typed: str) -> None:
    with pytest.raises(Invalid):
        clean_name(typed)


@given(st.text(max_size=NAME_LIMIT))
def test_any_name_is_its_own_form_and_has_nothing_else(typed: str) -> None:
    try:
        name = clean_name(typed)
    except Invalid:
        return
    assert clean_name(name) == name
    assert not set(name) & INVISIBLE
    assert all(unicodedata.category(sign)[0] in "LMN" or sign in "-_." for sign in name)


def test_without_script_the_form_takes_it_as_well(alice: Person) -> None:
    client = client_of(alice)
    answer = client.post("/rooms/new/", {"name": "Winter Party", "topic": "", "kind": "open"})
    assert answer.status_code == 302
    assert Room.objects.get().name == "winter-party"
    room = Room.objects.get()
    client.post(f"/rooms/{room.pk}/edit/", {"name": "Summer Party!", "topic": ""})
    assert Room.objects.get().name == "summer-party"
