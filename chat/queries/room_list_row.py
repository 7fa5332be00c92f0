"""A row of the room list. Each of its columns is named once, on the field that holds it.

A feature shows its own values on a row as data attributes, which it registers (``register_attribute``), each with a mark
if people are to see it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, get_origin, get_type_hints
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from chat.db import sql
from chat.db.clock import clock
from chat.db.columns import Column, Selection
from chat.models import Person, Room

_STATEMENT = """
    SELECT {columns}
    FROM {current} m
    JOIN {people} me ON me.id = m.person_id
    JOIN {rooms} r ON r.id = m.room_id
    LEFT JOIN {messages} l ON l.room_id = r.id AND l.seq = r.last_seq AND l.seq >= r.first_seq
    LEFT JOIN {people} p ON p.id = l.author_id
    {joins}
    WHERE m.person_id = %s
    ORDER BY r.name, r.id
"""


def _is_there(value: object) -> bool:
    return value is not None


def _later(*moments: Any) -> datetime | None:
    """The latest of these times, if it is in the future."""
    until = max((sql.as_moment(moment) for moment in moments if moment is not None), default=None)
    return until if until and until > clock.now() else None


@dataclass(frozen=True, slots=True)
class LastMessage:
    """The last message of a room, as its row shows it."""

    author_id: int
    name: str
    excerpt: str
    created_at: datetime
    deleted: bool


def _last(
    author_id: int | None, name: str, excerpt: str, created_at: Any, deleted_at: Any
) -> LastMessage | None:
    if author_id is None:
        return None
    return LastMessage(author_id, name, excerpt, sql.as_moment(created_at), deleted_at is not None)


@dataclass(frozen=True, slots=True)
class RoomListRow:
    """A room in a person's list. ``others`` are (id, name, picture) of the other people of a direct conversation.

    ``silenced_until``: until then the person can read, but not post. ``attributes`` are registered by features.
    """

    room_id: Annotated[UUID, Column("r.id", read=sql.as_uuid)]
    name: Annotated[str, Column("r.name")]
    kind: Annotated[str, Column("r.kind")]
    version: Annotated[int, Column("r.version")]
    first_seq: Annotated[int, Column("r.first_seq")]
    last_seq: Annotated[int, Column("r.last_seq")]
    read_seq: Annotated[int, Column("m.read_seq")]
    hidden_seq: Annotated[int | None, Column("m.hidden_seq")]
    muted: Annotated[bool, Column("m.muted", read=bool)]
    favourite: Annotated[int | None, Column("m.favourite")]
    archived: Annotated[bool, Column("r.archived_at", read=_is_there)]
    silenced_until: Annotated[datetime | None, Column("m.silenced_until", "me.silenced_until", read=_later)]
    last: Annotated[
        LastMessage | None,
        Column("l.author_id", "p.display_name", "l.excerpt", "l.created_at", "l.deleted_at", read=_last),
    ]
    attributes: tuple[tuple[str, object], ...]
    others: tuple[tuple[int, str, str], ...]

    @property
    def unread(self) -> int:
        """The number of unread messages to show; 0 if muted."""
        return 0 if self.muted else max(0, self.last_seq - self.read_seq)

    @property
    def hidden(self) -> bool:
        return self.hidden_seq is not None and self.last_seq <= self.hidden_seq

    @property
    def label(self) -> str:
        """The room's name, or the names of the other people."""
        return self.name or ", ".join(name or _("Former member") for _pk, name, _picture in self.others)

    @property
    def called(self) -> str:
        """The label, with # for a room, where nothing else marks it as one."""
        return f"#{self.name}" if self.name else self.label

    @property
    def section(self) -> str:
        """The section of the list. A favourite is always among the favourites."""
        if self.favourite is not None:
            return "favourites"
        if self.kind == Room.Kind.DIRECT:
            return "directs"
        return "archived" if self.archived else "rooms"

    @property
    def other(self) -> int | None:
        """The id of the other person, if there is exactly one."""
        return self.others[0][0] if len(self.others) == 1 else None

    @property
    def names_author(self) -> bool:
        """Whether the preview of the last message says whose it is: not beside the name of the only other person."""
        return self.last is not None and self.last.author_id != self.other

    @property
    def pictures(self) -> list[Person]:
        """Of the first one or two other people."""
        return [Person(pk=pk, display_name=name, picture=picture) for pk, name, picture in self.others[:2]]


# In the SQL, r is the room, m the membership, me its person, l the last message and p its author.
_COLUMNS = Selection(
    *(
        hint.__metadata__[0]
        for hint in get_type_hints(RoomListRow, include_extras=True).values()
        if get_origin(hint) is Annotated
    )
)


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """An icon beside the name of a room. It is in each row, with the class ``place__{name}``: the style sheet shows it
    where the row has the attribute of this name.
    """

    name: str
    icon: str
    label: str | Promise


MARKS: list[Mark] = []


def register_attribute(name: str, column: Column, mark: Mark | None = None) -> None:
    """Give each row a ``data-{name}`` with the column's value, or none if it is empty."""
    _COLUMNS.add(name, column)
    if mark:
        MARKS.append(mark)


def row_statement() -> str:
    """The person's rows, by name. Hand-written, since every page runs it."""
    return sql.named(_STATEMENT, **_COLUMNS.clauses())


def read_row(found: Sequence[Any], others: Mapping[UUID, Sequence[tuple[int, str, str]]]) -> RoomListRow:
    """``found``: a row of ``row_statement``; ``others``: by room."""
    values, added = _COLUMNS.read(found)
    attributes = tuple((name, value) for name, value in added.items() if value)
    values += [attributes, tuple(others.get(values[0], ()))]
    return RoomListRow(*values)
