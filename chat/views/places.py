"""The list of rooms in the sidebar."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from chat import sql
from chat.models import Member, Message, Person, Room


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
    language = get_language()
    return mark_safe(  # noqa: S308 - put together from rendered templates
        "".join(
            _row(
                place,
                place.room_id == shown,
                bool(place.last and place.last.author_id == person.pk),
                language,
            )
            for place in _places_of(person)
        )
    )


def _places_of(person: Person) -> list[Place]:
    """One query, by hand: every page asks it."""
    users = get_user_model()
    (rows,) = sql.run(
        (
            f"""
            SELECT r.id, r.name, r.kind, r.version, r.last_seq, m.read_seq,
                   l.author_id, p.display_name, l.excerpt, l.created_at, l.deleted_at
            FROM {sql.table(Member)} m
            JOIN {sql.table(Person)} me ON me.id = m.person_id
            JOIN {sql.table(users)} u ON u.{sql.primary_key(users)} = me.user_id
            JOIN {sql.table(Room)} r ON r.id = m.room_id
            LEFT JOIN {sql.table(Message)} l ON l.room_id = r.id AND l.seq = r.last_seq
            LEFT JOIN {sql.table(Person)} p ON p.id = l.author_id
            WHERE m.person_id = %s AND m.active AND u.is_active
            ORDER BY r.name, r.id
            """,  # noqa: S608 - names of tables only
            [person.pk],
        )
    )
    return [_place(row) for row in rows]


@lru_cache(maxsize=20_000)
def _row(place: Place, shown: bool, mine: bool, language: str) -> str:  # noqa: ARG001 - the language is in the words
    return render_to_string("chat/_place.html", {"place": place, "shown": shown, "mine": mine})


def _place(row: Sequence[Any]) -> Place:
    room_id, name, kind, version, last_seq, read_seq, author_id, author, excerpt, created_at, deleted_at = row
    last = None
    if author_id is not None:
        last = Last(author_id, author, excerpt, sql.as_moment(created_at), deleted_at is not None)
    return Place(sql.as_uuid(room_id), name, kind, version, last_seq, read_seq, last)
