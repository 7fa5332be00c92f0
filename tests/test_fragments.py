"""Fragments that were rendered before."""

import re
from uuid import UUID

from django.conf import settings
from django.template import Context, Template
from django.utils import translation

from chat.live.fragments import Fragments, fragments
from chat.models import Room


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


# Parts of pages that are kept


def test_a_kept_part_is_rendered_anew_for_another_value_or_language() -> None:
    page = Template('{% load chat_kept %}{% kept "chat/_begin.html" room.pk room.details_version label %}')

    def begin(**changed: object) -> str:
        room = Room(pk=UUID(int=1), kind="open", name="harbour", **changed)
        return page.render(Context({"room": room, "label": "#harbour"}))

    first = begin(details_version=1)
    assert begin(details_version=1, topic="Not looked at: the version is the same") == first
    assert begin(details_version=2, topic="Ships") != first
    with translation.override("bg"):
        fragments.put(("kept", "chat/_begin.html", "bg", (UUID(int=1), 1, "#harbour")), "По-български")
        assert begin(details_version=1) == "По-български"
    assert begin(details_version=1) == first


def test_nothing_that_is_kept_holds_a_token_or_a_nonce() -> None:
    """It would be the same for everybody, and for ever."""
    root = settings.BASE_DIR / "templates"
    kept = {
        name for path in root.rglob("*.html") for name in re.findall(r'{% kept "([^"]+)"', path.read_text())
    }
    assert kept
    for name in kept:
        text = (root / name).read_text()
        assert not re.search("csrf_token|csp_nonce|include|request", text), name
