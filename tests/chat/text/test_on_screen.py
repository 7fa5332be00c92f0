"""What people write and are called, wherever it is shown: no character of it is lost, none lies about the others."""

import logging
import re
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from hypothesis import given
from hypothesis import strategies as st

from chat import actions
from chat.actions.posting import clean_body
from chat.models import Member, Message, Person, Room
from chat.text.characters import CONTROLS, DIRECTION_MARKS, INVISIBLE, LINE_BREAKS, SURROGATES
from chat.text.markup import clean, excerpt, render
from hypertalk.logs.formatters import Json, Text
from tests.conftest import client_of, say, script_of
from tests.fuzz.budget import looks
from tests.support.fragments import text_in

UNWANTED = (CONTROLS | LINE_BREAKS | DIRECTION_MARKS | SURROGATES) - {"\n", "\t"}
# As it is, as an entity of HTML, and as bytes of an address.
NOTATIONS = ["\u202e", "\u2066", "\x1b[2J", "\x00", "\x85", "\u2028", "&#x202e;", "&#0;", "%E2%80%AE", "%00"]
HOSTILE = [
    *(f"gpj{notation}.exe" for notation in NOTATIONS),
    *(f"https://example.com/{notation}gpj.exe" for notation in NOTATIONS),
    "**bold\u202e** `code\u2066` [a\u202eb](https://example.com/%E2%80%AE)",
    "```py\u202e\nprint('\u2066')\n```\n> \u2067quoted\n\n1986. \u202da year",
]
# Everything but letters and digits that Markdown gives a meaning to. Entities have their own cases (test_notation.py).
SIGNS = [
    "*",
    "**",
    "_",
    "~~",
    "`",
    "\\",
    "[",
    "]",
    "(",
    ")",
    " ",
    "  ",
    "\n",
    "\n\n",
    "> ",
    "- ",
    "# ",
    "|",
    "|-|-|\n",
    "<",
    "!",
    "```",
]


def visible(text: str) -> list[str]:
    """What somebody sees, without what may be markup: that is of ASCII."""
    return [each for each in text if not each.isascii() and each not in INVISIBLE and not each.isspace()]


def unwanted(shown: str) -> set[str]:
    """In a page or a mail: also those that a browser would make of it."""
    return UNWANTED & {*shown, *unescape(shown)}


@looks(400)
@given(
    st.lists(st.one_of(st.characters(min_codepoint=0xA1), st.sampled_from(SIGNS)), max_size=40).map("".join)
)
def test_every_visible_character_is_in_the_fragment_and_in_its_place(source: str) -> None:
    assert visible(text_in(render(source))) == visible(clean(source))


@looks(200)
@given(st.lists(st.one_of(st.characters(), st.sampled_from([*SIGNS, *NOTATIONS])), max_size=30).map("".join))
def test_no_control_and_no_override_in_any_fragment_excerpt_or_line_of_the_log(source: str) -> None:
    assert not unwanted(render(source))
    assert not UNWANTED & set(text_in(render(source)))
    assert not UNWANTED & set(excerpt(source))
    record = logging.LogRecord("chat", logging.INFO, "", 1, "%s", (source,), None)
    for formatter in (Text(), Json()):
        line = formatter.format(record)
        assert not (UNWANTED | {"\n"}) & set(line)


@pytest.mark.django_db
def test_nor_on_any_page_that_shows_a_message_a_person_or_a_room(
    alice: Person, bob: Person, room: Room, settings: Any
) -> None:
    settings.CHAT_LIMITS = {"post": (1000, 1)}
    actions.rename_person(alice, "Al\u202eice\u2066 \x1b[2J&#x202e;")
    actions.edit_profile(alice, {"about": "\u202eabout %E2%80%AE", "pronouns": "\u2067she"})
    actions.edit_room(alice, room.pk, name=room.name, topic="\u202etopic &#x2066; \x85")
    direct = actions.open_direct(bob, [alice.pk])
    for body in HOSTILE:
        message = say(alice, room, body)
        say(alice, direct, body)
    pages = [
        f"/rooms/{room.pk}/",
        f"/rooms/{direct.pk}/",  # its title is her name
        "/rooms/",
        f"/rooms/{room.pk}/messages/?before=999",
        f"/rooms/{room.pk}/changes/?after=0",
        "/switch/?q=al",
        "/people/?q=al",
        f"/people/{alice.pk}/",
        f"/messages/{message.pk}/acts/",
        f"/messages/{message.pk}/report/",
        f"/messages/{message.pk}/source/",
    ]
    for path in pages:
        for client in (client_of(bob), script_of(bob)):
            answer = client.get(path, follow=True)
            assert answer.status_code == 200, path
            shown = answer.content.decode()
            assert not (UNWANTED & set(shown) if "source" in path else unwanted(shown)), path
    title = re.search(r"<title>(.*?)</title>", client_of(bob).get(f"/rooms/{direct.pk}/").text, re.DOTALL)
    assert title
    assert "Alice [2J&amp;#x202e;" in title[1]


@pytest.mark.django_db
def test_nor_in_the_subject_or_the_words_of_a_mail(alice: Person, room: Room) -> None:
    actions.rename_person(alice, "Al\u202eice\u2066 &#x202e;\x1b\r\nBcc: all@example.com")
    actions.edit_room(alice, room.pk, name=room.name, topic="\u202etopic")
    client_of(alice).post(f"/rooms/{room.pk}/invitations/", {"by": "email", "addresses": "dora@example.com"})
    (sent,) = mail.outbox
    assert sent.subject.startswith("Alice &#x202e; Bcc: all@example.com invites you")
    assert not (UNWANTED | {"\n"}) & set(sent.subject)
    assert not UNWANTED & set(str(sent.body))


SAMPLES = [
    *HOSTILE,
    "ดูhttps://example.com/aครับ **คำเตือน!**ครับ",
    "مرحبا `x = 1`\n\n```py\nprint(1)\n```\nhello",
    "name\tage  town\n\ta\u0301\u0301\u0301 👩‍👩‍👧‍👦 \U0001f1e7\U0001f1ec",
    "1986. was a great year\n\n100. hundred",
    r"\\fileserver\team\_plans ¯\_(ツ)_/¯ 2*3*4=24",
    "\ud83d \udc00 half \ufeff\ufffe\uffff \U0010ffff",
    "'; DROP TABLE \\x00 \\u0000 $1 %s {} \\copy",
]


@pytest.mark.django_db
@pytest.mark.parametrize("source", SAMPLES, ids=range(len(SAMPLES)))
def test_what_the_database_gives_back_is_rendered_as_before(source: str, alice: Person, room: Room) -> None:
    """The suite runs on both databases: what they give back is the same, and what is shown is what would be shown now."""
    posted = actions.post_message(alice, room.pk, id=uuid4(), body=source).message
    stored = Message.objects.get(pk=posted.pk)
    assert (stored.body, stored.html, stored.excerpt) == (posted.body, posted.html, posted.excerpt)
    assert stored.body == clean_body(source)
    assert (render(stored.body), excerpt(stored.body)) == (stored.html, stored.excerpt)
    assert clean_body(stored.body) == stored.body, "cleaned again, it would change"


@pytest.mark.django_db
class TestTheSource:
    """For whoever copies a message."""

    def source(self, person: Person, message: Message) -> Any:
        return script_of(person).get(f"/messages/{message.pk}/source/")

    def test_it_is_what_was_written(self, alice: Person, bob: Person, room: Room) -> None:
        body = "1986. a year\n\n100. hundred\n- *one* <b>\n\nhttps://example.com/%C3%BC\n```\n\tx\n```"
        answer = self.source(bob, say(alice, room, body))
        assert answer.content.decode() == body
        assert answer["Content-Type"] == "text/plain; charset=utf-8"
        assert answer["X-Content-Type-Options"] == "nosniff"

    def test_of_a_deleted_message_and_for_strangers_there_is_none(
        self, alice: Person, bob: Person, charlie: Person, room: Room
    ) -> None:
        message = say(alice, room, "Secret")
        answer = self.source(charlie, message)
        assert (answer.status_code, "Secret" in answer.text) == (404, False)
        actions.delete_message(alice, message.pk)
        assert self.source(bob, message).status_code == 410
        Member.objects.get(room=room, person=bob).delete()
        assert self.source(bob, message).status_code == 404
