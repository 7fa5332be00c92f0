"""The list of rooms in the sidebar."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chat.db import sql
from chat.db.clock import clock
from chat.events.fragments import fragments
from chat.models import Person, Room
from chat.models.draft import state_of

_ROOMS = """
    SELECT r.id, r.name, r.kind, r.version, r.first_seq, r.last_seq, r.archived_at,
           m.read_seq, m.hidden_seq, m.muted, m.favourite, m.silenced_until, me.silenced_until,
           l.author_id, p.display_name, l.excerpt, l.created_at, l.deleted_at, d.typed_at
    FROM {current} m
    JOIN {people} me ON me.id = m.person_id
    JOIN {rooms} r ON r.id = m.room_id
    LEFT JOIN {messages} l ON l.room_id = r.id AND l.seq = r.last_seq AND l.seq >= r.first_seq
    LEFT JOIN {people} p ON p.id = l.author_id
    LEFT JOIN {drafts} d ON d.room_id = r.id AND d.person_id = m.person_id
    WHERE m.person_id = %s
    ORDER BY r.name, r.id
"""
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
class LastMessage:
    """The last message of a room, as its line shows it."""

    author_id: int
    name: str
    excerpt: str
    created_at: datetime
    deleted: bool


@dataclass(frozen=True, slots=True)
class RoomRow:
    """A room in somebody's list. ``others`` are (id, name, picture) of the other people of a direct conversation.

    ``draft_state`` names what they have half-typed there, empty for nothing.
    ``silenced_until``: the person reads it and does not write, until then.
    """

    room_id: UUID
    name: str
    kind: str
    version: int
    first_seq: int
    last_seq: int
    read_seq: int
    hidden_seq: int | None
    muted: bool
    favourite: int | None
    archived: bool
    silenced_until: datetime | None
    draft_state: str
    others: tuple[tuple[int, str, str], ...]
    last: LastMessage | None

    @property
    def unread(self) -> int:
        """How many to tell of: none where it is muted."""
        return 0 if self.muted else max(0, self.last_seq - self.read_seq)

    @property
    def hidden(self) -> bool:
        return self.hidden_seq is not None and self.last_seq <= self.hidden_seq

    @property
    def label(self) -> str:
        """What the viewer calls it."""
        return self.name or ", ".join(name or _("Former member") for _pk, name, _picture in self.others)

    @property
    def called(self) -> str:
        """The same where nothing beside it tells that it is a room."""
        return f"#{self.name}" if self.name else self.label

    @property
    def part(self) -> str:
        """Of the list. A favourite is one whatever else it is."""
        if self.favourite is not None:
            return "favourites"
        if self.kind == Room.Kind.DIRECT:
            return "directs"
        return "archived" if self.archived else "rooms"

    @property
    def other(self) -> int | None:
        """The other one, where there is just one."""
        return self.others[0][0] if len(self.others) == 1 else None

    @property
    def pictures(self) -> list[Person]:
        """Of the first one or two others."""
        return [Person(pk=pk, display_name=name, picture=picture) for pk, name, picture in self.others[:2]]


@dataclass(frozen=True, slots=True)
class RoomList:
    """The list as HTML, in its four parts; what each room is called; the one that the page is about; whom the person
    has blocked.
    """

    favourites: SafeString
    rooms: SafeString
    directs: SafeString
    archived: SafeString
    labels: dict[UUID, str]
    shown: RoomRow | None
    blocked: list[int]


def room_list_of(person: Person, shown: UUID | None = None) -> RoomList:
    """The person's rooms, in the reader's language and time zone; ``shown`` is the one the page is about. One journey."""
    return render_room_list(sql.run(*room_list_statements(person)), person, shown)


def room_list_statements(person: Person) -> tuple[sql.Statement, ...]:
    """By hand: every page asks them. Rooms by name; the other people of the direct ones; whom the person has blocked."""
    return (
        (sql.named(_ROOMS), [person.pk]),
        (sql.named(_OTHERS), [person.pk, person.pk]),
        (sql.named(_BLOCKED), [person.pk]),
    )


def render_room_list(found: Sequence[Sequence[Any]], person: Person, shown: UUID | None) -> RoomList:
    """What ``room_list_statements`` found: favourites in their order, then rooms by name, direct conversations by their last
    message, and archived rooms by name.
    """
    rows, people, blocked = found
    others: dict[UUID, list[tuple[int, str, str]]] = {}
    for room_id, *other in people:
        others.setdefault(sql.as_uuid(room_id), []).append(tuple(other))
    rows = [_row(row, others) for row in rows]
    parts: dict[str, list[RoomRow]] = {part: [] for part in ("favourites", "rooms", "directs", "archived")}
    for row in rows:
        parts[row.part].append(row)
    parts["favourites"].sort(key=lambda row: row.favourite or 0)
    parts["directs"].sort(key=lambda row: row.last.created_at if row.last else _BEFORE_ALL, reverse=True)

    reader = get_language(), get_current_timezone_name()

    def html(chosen: Sequence[RoomRow]) -> SafeString:
        drawn = []
        for row in chosen:
            mine = row.last is not None and row.last.author_id == person.pk
            drawn.append(_render_row(row, row.room_id == shown, mine, reader))
        return mark_safe("".join(drawn))  # noqa: S308 - put together from rendered templates

    return RoomList(
        **{part: html(chosen) for part, chosen in parts.items()},
        labels={row.room_id: row.called for row in rows},
        shown=next((row for row in rows if row.room_id == shown), None),
        blocked=[pk for (pk,) in blocked],
    )


def _render_row(row: RoomRow, shown: bool, mine: bool, reader: tuple[str | None, str]) -> str:
    """``reader``: the language and the time zone that are active."""
    key = "row", row, shown, mine, reader
    context = {"row": row, "shown": shown, "mine": mine}
    return fragments.get(key) or fragments.put(key, render_to_string("chat/sidebar/_room_row.html", context))


def _row(row: Sequence[Any], others: dict[UUID, list[tuple[int, str, str]]]) -> RoomRow:
    room_id, name, kind, version, first_seq, last_seq, archived_at, read_seq, *rest = row
    hidden_seq, muted, favourite, here, everywhere, *last, typed_at = rest
    silences = [sql.as_moment(until) for until in (here, everywhere) if until is not None]
    silenced_until = max(silences, default=None)
    room = sql.as_uuid(room_id)
    return RoomRow(
        room_id=room,
        name=name,
        kind=kind,
        version=version,
        first_seq=first_seq,
        last_seq=last_seq,
        read_seq=read_seq,
        hidden_seq=hidden_seq,
        muted=bool(muted),
        favourite=favourite,
        archived=archived_at is not None,
        silenced_until=silenced_until if silenced_until and silenced_until > clock.now() else None,
        draft_state=state_of(sql.as_moment_or_none(typed_at)),
        others=tuple(others.get(room, ())),
        last=_last(*last),
    )


def _last(
    author_id: int | None, name: str, excerpt: str, created_at: Any, deleted_at: Any
) -> LastMessage | None:
    if author_id is None:
        return None
    return LastMessage(author_id, name, excerpt, sql.as_moment(created_at), deleted_at is not None)
