"""A feature registers its own rows: they come with the page, with catch-up and when a page starts over."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import F
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from chat import actions
from chat.db import sql
from chat.models import Member, Message, Person, Room
from chat.queries import catching_up
from chat.queries.page_parts import PAGE_PARTS, PagePart, is_member
from chat.queries.row_kinds import ROW_KINDS, RowKind, Rows, register_row_kind
from tests.conftest import client_of, say, script_of

_PINS = """
    SELECT l.id, l.excerpt FROM {messages} l
    WHERE l.room_id = %s AND {is_member} AND l.body LIKE %s ORDER BY l.seq
"""


class PinRows(RowKind, PagePart):
    """Made up: messages with "pin:" are pinned. ``taken``: the versions that pins took, and their HTML."""

    prefix = "pin-"
    section = "test/pins.html"

    def __init__(self) -> None:
        self.taken: list[tuple[int, str]] = []

    def pin(self, room: Room, name: str) -> None:
        Room.objects.filter(pk=room.pk).update(version=F("version") + 1)
        room.refresh_from_db()
        self.taken.append((room.version, f'<li id="pin-{name}" data-version="{room.version}">{name}</li>'))

    def changed(self, room: Room, after: int, limit: int) -> Iterable[tuple[int, str]]:
        return [row for row in self.taken if after < row[0] <= room.version][:limit]

    def current(self, room: Room) -> Rows:
        return Rows("".join(html for version, html in self.taken if version <= room.version))

    def page_statement(self, room_id: UUID, person: Person) -> sql.Statement:
        member, mine = is_member(room_id, person)
        return sql.named(_PINS, is_member=member), [sql.key(room_id), *mine, "pin:%"]

    def page_context(
        self, _room: Room, _person: Person, found: Sequence[Sequence[Any]]
    ) -> Mapping[str, object]:
        return {"pins": [excerpt for _, excerpt in found]}


@pytest.fixture
def pins(settings, tmp_path: Path) -> Iterator[PinRows]:
    """The feature is registered for one test, with its own template."""
    (tmp_path / "test").mkdir()
    (tmp_path / PinRows.section).write_text(
        "<h3>Pinned</h3>{% for pin in pins %}<p>{{ pin }}</p>{% endfor %}"
    )
    engine = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**engine, "DIRS": [*engine["DIRS"], tmp_path]}]
    kind = PinRows()
    register_row_kind(kind)
    yield kind
    del ROW_KINDS[kind.prefix]
    PAGE_PARTS.remove(kind)


def changes(person: Person, room: Room, after: int) -> tuple[list[str], HttpResponse]:
    """The DOM ids in a catch-up (only the kind, for messages and members), and the answer."""
    answer = script_of(person).get(f"/rooms/{room.pk}/changes/?after={after}")
    keys = re.findall(r'<(?:li|div)[^>]* id="([^"]+)"', answer.content.decode())
    return [re.sub("^(message|member)-.*", r"\1", key) for key in keys], answer


def test_they_come_with_the_room_and_cost_its_page_no_journey(
    alice: Person, room: Room, pins: PinRows
) -> None:
    say(alice, room, "pin: bring cake")
    client = client_of(alice)
    client.get(f"/rooms/{room.pk}/")  # rendered fragments are cached
    with CaptureQueriesContext(connection) as asked:
        page = client.get(f"/rooms/{room.pk}/").content.decode()
    with_pins = len(asked)
    assert "<h3>Pinned</h3><p>pin: bring cake</p>" in page
    PAGE_PARTS.remove(pins)
    with CaptureQueriesContext(connection) as asked:
        page = client.get(f"/rooms/{room.pk}/").content.decode()
    PAGE_PARTS.append(pins)
    assert "Pinned" not in page
    batches = connection.vendor == "postgresql"  # SQLite takes one statement at a time
    assert with_pins - len(asked) == (0 if batches else 1)


def test_a_page_whose_rows_are_cached_does_not_even_build_a_query_for_them(
    alice: Person, room: Room, monkeypatch
) -> None:
    """Building one takes a sixth of the whole page's time."""
    client = client_of(alice)
    assert client.get(f"/rooms/{room.pk}/").status_code == 200
    for model in (Member, Message):
        monkeypatch.setattr(model.objects, "get_queryset", lambda: pytest.fail("a query was built"))
    assert client.get(f"/rooms/{room.pk}/").status_code == 200


def test_their_statement_asks_who_looks(alice: Person, charlie: Person, room: Room, pins: PinRows) -> None:
    say(alice, room, "pin: bring cake")
    for person, there in ((alice, ["pin: bring cake"]), (charlie, [])):
        (found,) = sql.run(pins.page_statement(room.pk, person))
        assert pins.page_context(room, person, found) == {"pins": there}


def test_they_come_with_catch_up_among_all_others_in_the_order_of_versions(
    alice: Person, bob: Person, room: Room, pins: PinRows
) -> None:
    held = room.version
    say(alice, room, "First")
    pins.pin(room, "cake")
    actions.rename_person(bob, "Bobby")
    keys, answer = changes(alice, room, held)
    assert keys == ["message", "pin-cake", "member"]
    assert int(answer["Chat-Version"]) == held + 3


def test_they_share_the_pages_of_a_long_gap(alice: Person, room: Room, pins: PinRows, monkeypatch) -> None:
    monkeypatch.setattr(catching_up, "PAGE", 4)
    held = room.version
    for number in range(3):
        say(alice, room, f"Number {number}")
        pins.pin(room, "abc"[number])
    keys, answer = changes(alice, room, held)
    assert keys == ["message", "pin-a", "message", "pin-b"]
    assert answer["Chat-More"] == "1"
    keys, answer = changes(alice, room, int(answer["Chat-Version"]))
    assert keys == ["message", "pin-c"]
    assert "Chat-More" not in answer


def test_they_come_when_a_page_starts_over(alice: Person, room: Room, pins: PinRows) -> None:
    say(alice, room, "First")
    pins.pin(room, "cake")
    keys, answer = changes(alice, room, room.version + 1)
    assert answer["Chat-Start-Over"] == answer["Chat-At-Start"] == "1"
    assert keys == ["room-title", "member", "member", "message", "pin-cake"]


def test_what_only_a_newer_release_knows_is_passed_over(alice: Person, room: Room) -> None:
    """Two releases run side by side: a row of an unknown kind took a version, and the page asks only once."""
    held = room.version
    PinRows().pin(room, "cake")
    keys, answer = changes(alice, room, held)
    assert (keys, int(answer["Chat-Version"])) == ([], held + 1)
    assert "Chat-More" not in answer
    say(alice, room, "Goes on")
    keys, _ = changes(alice, room, held + 1)
    assert keys == ["message"]


@pytest.mark.parametrize("prefix", ["pin-", "pin-up-", "p"])
def test_no_two_kinds_have_ids_alike(prefix: str, pins: PinRows) -> None:
    assert prefix.startswith(pins.prefix) or pins.prefix.startswith(prefix)
    other = PinRows()
    other.prefix = prefix  # type: ignore[misc]
    with pytest.raises(ValueError, match="conflicts with"):
        register_row_kind(other)
