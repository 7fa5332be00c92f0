"""The columns that SQL by hand loads: all of a room, those needed of a person, and those that features add to the list."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.db import transaction
from django.db.models import Model
from django.db.models.query_utils import DeferredAttribute

from chat import actions
from chat.actions import posting_sql
from chat.db.columns import Column
from chat.models import Member, Person, Room
from chat.models.message import MessageRange
from chat.queries import room_list_row, room_page
from chat.queries.room_list import room_list_of, room_list_statements
from chat.queries.room_list_row import MARKS, Mark, register_attribute
from chat.queries.room_page import load_room_page, register_value
from tests.conftest import client_of, say


@pytest.fixture
def nothing_is_read_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading a column that was not loaded fails, instead of running another query."""

    def refuse(attribute: DeferredAttribute, instance: Model) -> None:
        raise AssertionError(f"{type(instance).__name__}.{attribute.field.name} was not loaded")

    monkeypatch.setattr(DeferredAttribute, "fetch_one", refuse)


@pytest.fixture
def rooms(alice: Person, bob: Person, room: Room, open_room: Room) -> list[Room]:
    """One room of each kind with Alice and Bob, with every setting that a room may have."""
    Room.objects.filter(pk=room.pk).update(slow_seconds=30, moderators_post_only=True, keep_days=30)
    actions.join_room(bob, open_room.pk)
    direct = actions.open_direct(alice, [bob.pk])
    return [room, open_room, direct]


def values(instance: Model) -> dict[str, object]:
    return {name: value for name, value in vars(instance).items() if name != "_state"}


@pytest.mark.usefixtures("nothing_is_read_later")
def test_a_room_that_is_shown_or_posted_to_is_whole(alice: Person, rooms: list[Room]) -> None:
    for room in rooms:
        with transaction.atomic():
            locked, *_ = posting_sql.lock([(room.pk, alice.pk)])
        page = load_room_page(alice, room.pk, MessageRange.newest(), room_list_statements(alice))
        assert page
        whole = values(Room.objects.get(pk=room.pk))
        assert values(locked[room.pk]) == values(page.room) == whole


@pytest.mark.usefixtures("nothing_is_read_later")
def test_posting_telling_and_showing_read_nothing_that_was_not_loaded(
    alice: Person, bob: Person, rooms: list[Room], django_capture_on_commit_callbacks
) -> None:
    for room in rooms:
        for person in (alice, bob):
            if person == alice or room != rooms[0]:
                with django_capture_on_commit_callbacks(execute=True):
                    say(person, room)
            assert client_of(person).get(f"/rooms/{room.pk}/").status_code == 200


def test_what_is_left_out_would_be_noticed(alice: Person, room: Room, monkeypatch, request) -> None:
    fewer = posting_sql.Columns(Room, "r", "id", "kind", "last_seq", "epoch")
    monkeypatch.setattr(posting_sql, "_ROOM", fewer)
    request.getfixturevalue("nothing_is_read_later")
    with pytest.raises(AssertionError, match="was not loaded"):
        actions.post_message(alice, room.pk, id=uuid4(), body="Hello")


OWNERS = Column(
    "r.name",
    "o.owners",
    read=lambda name, owners: f"{name} & {owners}" if owners else "",
    join="""LEFT JOIN (
        SELECT room_id, COUNT(*) AS owners FROM {members} WHERE role = 'owner' GROUP BY room_id
    ) o ON o.room_id = r.id""",
)


@pytest.fixture
def _with_owners() -> Iterator[None]:
    """A made-up feature."""
    mark = Mark("owners", icon="lock", label="<owners>")
    register_attribute("owners", OWNERS, mark)
    register_value("owners", OWNERS)
    yield
    MARKS.remove(mark)
    room_list_row._COLUMNS.remove("owners")
    room_page._COLUMNS.remove("owners")


@pytest.mark.usefixtures("_with_owners")
def test_a_feature_adds_an_attribute_to_the_rows_and_a_value_to_the_page(alice: Person, room: Room) -> None:
    def seen() -> tuple[bool, str]:
        page = load_room_page(alice, room.pk, MessageRange.newest(), room_list_statements(alice))
        assert page
        return 'data-owners="harbour &amp; 1"' in room_list_of(alice).rooms, page.context["owners"]

    assert seen() == (True, "harbour & 1")
    Member.objects.update(role=Member.Role.MEMBER)
    assert seen() == (False, "")
    assert "data-owners" not in room_list_of(alice).rooms


def test_a_feature_puts_a_mark_into_each_row_also_into_those_rendered_before(
    alice: Person, room: Room, request
) -> None:
    before = room_list_of(alice).rooms
    request.getfixturevalue("_with_owners")
    mark = (
        '<svg class="icon icon--xs place__owners" viewBox="0 0 20 20" role="img" aria-label="&lt;owners&gt;">'
    )
    Member.objects.update(role=Member.Role.MEMBER)  # without the attribute, the style sheet hides it
    assert mark not in before
    assert room_list_of(alice).rooms == before.replace(
        "</span>\n  </a>", f'{mark}<use href="#i-lock"/></svg></span>\n  </a>'
    )
