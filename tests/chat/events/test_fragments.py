"""The cache of rendered fragments."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.template import Context, Template
from django.test.signals import template_rendered
from django.utils import translation

from chat import actions
from chat.events.fragments import Fragments, fragments
from chat.models import Member, Person, Room
from chat.templatetags.chat_features import SLOTS
from tests.conftest import client_of

KEPT = re.compile(r'{% cached "([^"]+)"')
INCLUDED = re.compile(r"{% include \"([^\"]+)\"")
ROOT = settings.BASE_DIR / "templates"


def test_fragments_are_bounded_and_the_least_used_go_first() -> None:
    kept = Fragments(most=10)
    kept.put("a", "1234")
    kept.put("b", "1234")
    assert kept.get("a") == "1234"
    kept.put("c", "1234")
    assert [kept.get(key) for key in "abc"] == ["1234", None, "1234"]
    kept.put("c", "12")
    kept.put("d", "1234")
    assert [kept.get(key) for key in "acd"] == ["1234", "12", "1234"]


# Cached parts of pages


def test_a_kept_part_is_rendered_anew_for_another_value_or_language() -> None:
    page = Template(
        '{% load chat_cached %}{% cached "chat/room/_begin.html" room.pk room.details_version label %}'
    )

    def begin(**changed: object) -> str:
        room = Room(pk=UUID(int=1), kind="open", name="harbour", **changed)
        return page.render(Context({"room": room, "label": "#harbour"}))

    first = begin(details_version=1)
    assert begin(details_version=1, topic="Not looked at: the version is the same") == first
    assert begin(details_version=2, topic="Ships") != first
    with translation.override("bg"):
        fragments.put(("cached", "chat/room/_begin.html", "bg", (UUID(int=1), 1, "#harbour")), "По-български")
        assert begin(details_version=1) == "По-български"
    assert begin(details_version=1) == first


def test_nothing_that_is_kept_holds_a_token_or_a_nonce() -> None:
    """It would be the same for everyone, for ever."""
    kept = [name for path in ROOT.rglob("*.html") for name in KEPT.findall(path.read_text())]
    assert kept
    kept.extend(SLOTS["message_actions"] + SLOTS["templates"])
    for name in kept:
        text = (ROOT / name).read_text()
        assert not re.search('csrf_token|csp_nonce|request|include (?!")', text), name
        kept.extend(INCLUDED.findall(text))


def test_what_is_cached_for_everyone_does_not_know_the_viewer(settings, tmp_path: Path) -> None:
    """Whatever a template asks for: it is rendered once, for whoever comes first."""
    (tmp_path / "test.html").write_text(
        "[{{ user }}{{ csrf_token }}{{ request.path }}{{ me.pk }}]{{ label }}"
    )
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    seen = {
        "user": "Alice",
        "csrf_token": "a-token",
        "request": {"path": "/"},
        "me": Person(pk=7),
        "label": "#room",
    }

    def page(*depends_on: str) -> str:
        loaded = Template(f"{{% load chat_cached %}}{{% cached 'test.html' {' '.join(depends_on)} %}}")
        return loaded.render(Context(seen))

    assert page() == page("label") == "[]#room"
    assert page("me.pk") == "[7]#room"


@pytest.mark.django_db
def test_what_a_room_s_page_keeps_follows_every_change_of_the_room_and_of_the_reader(
    room: Room, alice: Person, bob: Person
) -> None:
    client = client_of(bob)

    def page() -> str:
        return client.get(f"/rooms/{room.pk}/").content.decode()

    before = page()
    actions.edit_room(alice, room.pk, name="quay", topic="Ships & ropes", slow_seconds=30)
    actions.rename_person(bob, "Robert")
    after = page()
    assert after.count("Ships &amp; ropes") == 3  # the title, which has it twice, and the details
    assert '<span class="person__name" dir="auto">Robert</span>' in after
    assert '<span data-seconds="30">' in after
    assert '<span data-seconds="30">' not in before
    member = Member.objects.get(room=room, person=bob)
    actions.silence_member(alice, room.pk, member.pk, timedelta(days=1))
    actions.archive_room(alice, room.pk)
    last = page()
    assert re.search('dock__silenced.*<time datetime="2', last)
    assert not re.search('dock__silenced.*<time datetime="2', after)
    assert f"/rooms/{room.pk}/restore/" in last
    assert f"/rooms/{room.pk}/restore/" not in after


@pytest.mark.django_db
def test_a_page_that_was_shown_before_renders_nothing_anew_that_is_kept(room: Room, bob: Person) -> None:
    client, rendered = client_of(bob), []

    def note(template: Any, **_: Any) -> None:
        rendered.append(template.name)

    client.get(f"/rooms/{room.pk}/")
    template_rendered.connect(note)
    try:
        client.get(f"/rooms/{room.pk}/")
    finally:
        template_rendered.disconnect(note)
    again = {
        "chat/room/_title.html",
        "chat/room/_write_access.html",
        "chat/sidebar/_switcher.html",
        "chat/sidebar/_room_menu.html",
    }
    assert "chat/room/room.html" in rendered
    assert not (again | {"chat/shell/_script_words.html", "chat/shell/_me.html"}) & set(rendered)
