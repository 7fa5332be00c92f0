"""What features add to every page: templates in slots, style sheets and words."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from chat.db.columns import Column
from chat.limits import register_limit
from chat.live.commands import NumberCommand, register_command
from chat.live.latest import register_latest
from chat.models import Message, Person, Room
from chat.templatetags.chat_features import SLOTS, STYLES, register_style, register_template
from chat.templatetags.chat_words import WORDS, register_words
from tests.conftest import client_of, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def polls(settings, tmp_path: Path) -> Iterator[None]:
    """A made-up feature puts something into each slot."""
    (tmp_path / "test").mkdir()
    engine = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**engine, "DIRS": [*engine["DIRS"], tmp_path]}]
    for slot in SLOTS:
        (tmp_path / f"test/{slot}.html").write_text(
            f"<!-- {slot} {{{{ message.seq }}}}{{{{ room.name }}}} -->"
        )
        register_template(slot, f"test/{slot}.html")
    register_style("chat/css/room/polls.css")
    register_words(voted="You voted for {choice}.")
    yield
    for templates in SLOTS.values():
        templates[:] = [name for name in templates if not name.startswith("test/")]
    STYLES.remove("chat/css/room/polls.css")
    del WORDS["voted"]


def slots_in(path: str, person: Person) -> dict[str, str]:
    """The slots of a page in which the feature shows something, and what."""
    html = client_of(person).get(path).content.decode()
    return dict(re.findall(r"<!-- (\w+) (.*?) -->", html))


def test_a_room_has_all_slots_and_a_message_s_own_page_its_links(
    alice: Person, room: Room, polls: None
) -> None:
    message: Message = say(alice, room)
    shown = slots_in(f"/rooms/{room.pk}/", alice)
    assert shown.keys() == SLOTS.keys() - {"message_links"}
    assert shown["above_composer"] == room.name
    assert slots_in(f"/messages/{message.pk}/acts/", alice)["message_links"].startswith(str(message.seq))
    # The list of rooms shows any of them in place, so it has what a room has.
    assert slots_in("/rooms/", alice).keys() == shown.keys()


def test_the_pages_link_its_style_sheet_after_their_own_and_have_its_words(
    alice: Person, room: Room, polls: None
) -> None:
    html = client_of(alice).get(f"/rooms/{room.pk}/").content.decode()
    sheets = re.findall(r'<link rel="stylesheet" href="/static/(.*?)">', html)
    assert sheets[-2:] == ["chat/css/composer/drafts.css", "chat/css/room/polls.css"]
    assert '"voted": "You voted for {choice}."' in html


def test_two_features_cannot_have_the_same_word_and_no_feature_a_slot_that_is_not_there(polls: None) -> None:
    with pytest.raises(ValueError, match="voted"):
        register_words(voted="Voted.")
    with pytest.raises(KeyError, match="below_composer"):
        register_template("below_composer", "test/polls.html")


def test_two_features_cannot_have_the_same_command_limit_or_value() -> None:
    with pytest.raises(ValueError, match="post"):
        register_command(type("Poll", (NumberCommand,), {"type": "post"}))
    with pytest.raises(ValueError, match="search"):
        register_limit("search", 1, 1)
    for name in ("draft", "type"):
        with pytest.raises(ValueError, match=name):
            register_latest(name, Column("1"))
