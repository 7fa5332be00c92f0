"""Messages of a few emoji are large; names without letters have a sign in their picture."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.utils.html import escape

from chat import actions
from chat.events.rendering import message_html
from chat.models import Person, Room
from chat.text.emoji import is_few_emoji
from chat.text.initials import initials

CASES = json.loads((Path(__file__).parents[2] / "cases" / "emoji.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_whether_a_message_is_nothing_but_a_few_emoji(case: dict[str, Any]) -> None:
    assert is_few_emoji(case["text"]) is case["large"]


def test_the_fragment_says_so_also_of_messages_that_were_stored_before(alice: Person, room: Room) -> None:
    def fragment(body: str) -> str:
        return message_html(actions.post_message(alice, room.pk, id=uuid4(), body=body).message)

    assert '<div class="message__text" dir="auto" data-emoji hx-disable>' in fragment("🎉🎉")
    assert '<div class="message__text" dir="auto" hx-disable>' in fragment("party 🎉")


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Alice", "A"),
        ("Alice B. Carroll", "AC"),
        ('(7) "Tom"', "7T"),
        ("007", "0"),
        ("เจมส์", "จ"),
        ("★★", "★"),
        ("... ?", "."),
        ("🎉", "🎉"),
        ("🎉 Party", "P"),
        ("👩🏽‍🚀 🚀", "👩🏽‍🚀"),
        ("🇹🇭🇧🇬", "🇹🇭"),
        ("❤️", "❤️"),
        ("\u0e48\u0e49", "\u0e48\u0e49"),
        ("\u3164☆", "☆"),
        ("\u3164 ab", "A"),
        ("", ""),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_a_name_of_signs_has_one_in_its_picture_and_none_is_markup(make_person) -> None:
    from chat.templatetags.chat_people import avatar

    assert ">★</span>" in avatar(make_person("★★"))
    person = Person(display_name="<b>")
    assert f">{escape(person.initials)}</span>" in avatar(person)
    assert ">&lt;</span>" in avatar(Person(display_name="<>"))
