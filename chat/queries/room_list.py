"""The room list in the sidebar."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import get_current_timezone_name, localdate
from django.utils.translation import get_language

from chat.db import sql
from chat.db.clock import clock
from chat.events.fragments import fragments
from chat.models import Person
from chat.queries.room_list_row import MARKS, RoomListRow, read_row, row_statement

_OTHERS = """
    SELECT o.room_id, p.id, p.display_name, p.picture
    FROM {members} o
    JOIN {people} p ON p.id = o.person_id
    WHERE o.person_id <> %s AND o.room_id IN (
        SELECT m.room_id FROM {current} m JOIN {rooms} r ON r.id = m.room_id
        WHERE m.person_id = %s AND r.kind = 'direct'
    )
    ORDER BY p.display_name, p.id
"""
_BLOCKED = "SELECT blocked_id FROM {blocks} WHERE person_id = %s ORDER BY blocked_id"
_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class RoomList:
    """The four sections of the list as HTML; the label of each room; the row of the page's room; the ids of blocked
    people; whether the rooms are sorted by activity.
    """

    favourites: SafeString
    rooms: SafeString
    directs: SafeString
    archived: SafeString
    labels: dict[UUID, str]
    shown: RoomListRow | None
    blocked: list[int]
    by_activity: bool


def room_list_of(person: Person, shown: UUID | None = None) -> RoomList:
    """The person's room list, in the reader's language and time zone; ``shown`` is the page's room. One round trip."""
    return render_room_list(sql.run(*room_list_statements(person)), person, shown)


def room_list_statements(person: Person) -> tuple[sql.Statement, ...]:
    """Hand-written, since every page runs them: rooms by name; the other people of direct conversations; blocked
    people.
    """
    return (
        (row_statement(), [person.pk]),
        (sql.named(_OTHERS), [person.pk, person.pk]),
        (sql.named(_BLOCKED), [person.pk]),
    )


def render_room_list(found: Sequence[Sequence[Any]], person: Person, shown: UUID | None) -> RoomList:
    """Render the rows of ``room_list_statements``.

    Favourites come in their order, rooms by name or by their last message, as the person chose, direct conversations
    by their last message, archived rooms by name.
    """
    rows, people, blocked = found
    others: dict[UUID, list[tuple[int, str, str]]] = {}
    for room_id, *other in people:
        others.setdefault(sql.as_uuid(room_id), []).append(tuple(other))
    rows = [read_row(row, others) for row in rows]
    sections: dict[str, list[RoomListRow]] = {
        name: [] for name in ("favourites", "rooms", "directs", "archived")
    }
    for row in rows:
        sections[row.section].append(row)
    sections["favourites"].sort(key=lambda row: row.favourite or 0)
    by_activity = person.room_order == Person.RoomOrder.ACTIVITY
    for name in ("directs", "rooms") if by_activity else ("directs",):
        sections[name].sort(key=lambda row: row.last.created_at if row.last else _BEFORE_ALL, reverse=True)

    reader = get_language(), get_current_timezone_name(), localdate(clock.now())

    def html(chosen: Sequence[RoomListRow]) -> SafeString:
        drawn = []
        for row in chosen:
            mine = row.last is not None and row.last.author_id == person.pk
            drawn.append(_render_row(row, row.room_id == shown, mine, reader))
        return mark_safe("".join(drawn))  # noqa: S308 - joined from rendered templates

    return RoomList(
        **{name: html(chosen) for name, chosen in sections.items()},
        labels={row.room_id: row.called for row in rows},
        shown=next((row for row in rows if row.room_id == shown), None),
        blocked=[pk for (pk,) in blocked],
        by_activity=by_activity,
    )


def _render_row(row: RoomListRow, shown: bool, mine: bool, reader: tuple[str | None, str, date]) -> str:
    """``reader``: the active language and time zone, and the day in it."""
    marks = tuple(MARKS)
    key = "row", row, marks, shown, mine, reader
    context = {"row": row, "marks": marks, "shown": shown, "mine": mine}
    return fragments.get(key) or fragments.put(key, render_to_string("chat/sidebar/_room_row.html", context))
