"""The list of rooms in the sidebar."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from chat import sql
from chat.models import Person


@dataclass(frozen=True, slots=True)
class Last:
    """The last message of a room, as its line shows it."""

    author_id: int
    name: str
    excerpt: str
    created_at: datetime
    deleted: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A room in somebody's list."""

    room_id: UUID
    name: str
    kind: str
    version: int
    last_seq: int
    read_seq: int
    last: Last | None

    @property
    def unread(self) -> int:
        return max(0, self.last_seq - self.read_seq)


def places_html(person: Person, shown: UUID | None = None) -> SafeString:
    """The rows of the person's rooms by name, in the reader's language; ``shown`` is the room that the page is about."""
    (rows,) = sql.run(places_statement(person))
    return draw(rows, person, shown)


def draw(rows: Sequence[Sequence[Any]], person: Person, shown: UUID | None) -> SafeString:
    """What ``places_statement`` found."""
    language = get_language()
    html = []
    for place in map(_place, rows):
        mine = place.last is not None and place.last.author_id == person.pk
        html.append(_row(place, place.room_id == shown, mine, language))
    return mark_safe("".join(html))  # noqa: S308 - put together from rendered templates


def places_statement(person: Person) -> sql.Statement:
    """By hand: every page asks it."""
    statement = sql.named(
        """
        SELECT r.id, r.name, r.kind, r.version, r.last_seq, m.read_seq,
               l.author_id, p.display_name, l.excerpt, l.created_at, l.deleted_at
        FROM {members} m
        JOIN {people} me ON me.id = m.person_id
        JOIN {users} u ON u.{user_key} = me.user_id
        JOIN {rooms} r ON r.id = m.room_id
        LEFT JOIN {messages} l ON l.room_id = r.id AND l.seq = r.last_seq
        LEFT JOIN {people} p ON p.id = l.author_id
        WHERE m.person_id = %s AND m.active AND u.is_active
        ORDER BY r.name, r.id
        """
    )
    return statement, [person.pk]


@lru_cache(maxsize=20_000)
def _row(place: Place, shown: bool, mine: bool, language: str) -> str:  # noqa: ARG001 - the language is in the words
    return render_to_string("chat/_place.html", {"place": place, "shown": shown, "mine": mine})


def _place(row: Sequence[Any]) -> Place:
    room_id, name, kind, version, last_seq, read_seq, author_id, author, excerpt, created_at, deleted_at = row
    last = None
    if author_id is not None:
        last = Last(author_id, author, excerpt, sql.as_moment(created_at), deleted_at is not None)
    return Place(sql.as_uuid(room_id), name, kind, version, last_seq, read_seq, last)
