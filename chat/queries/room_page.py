"""The data of a room's page, read in one round trip: it is the page opened most often."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from chat.db import sql
from chat.db.columns import Column, Columns, Selection
from chat.models import Message, Person, Room
from chat.models.message import MessageRange
from chat.queries.cached_fragments import Window, window_from
from chat.queries.page_parts import PAGE_PARTS, is_member

_ROOM = Columns(Room, "r")
_UNREAD_SINCE = (
    "(SELECT l.created_at FROM {messages} l WHERE l.room_id = m.room_id AND l.seq = m.read_seq + 1)"
)
_COLUMNS = Selection(
    Column("m.role"), Column("m.read_seq"), Column(_UNREAD_SINCE, read=sql.as_moment_or_none)
)

_ROOM_AND_ROLE = """
    SELECT {room}, {columns}
    FROM {current} m JOIN {rooms} r ON r.id = m.room_id
    {joins}
    WHERE m.room_id = %s AND m.person_id = %s
"""
_MESSAGES = """
    SELECT l.id, l.version, a.version, l.seq
    FROM {messages} l JOIN {people} a ON a.id = l.author_id
    WHERE l.room_id = %s AND {is_member} AND l.seq >= (SELECT r.first_seq FROM {rooms} r WHERE r.id = %s)
        AND l.seq {beside} %s
    ORDER BY l.seq {order} LIMIT %s
"""
_OLDER = {"beside": "<", "order": "DESC"}
_NEWER = {"beside": ">=", "order": "ASC"}


@dataclass(frozen=True, slots=True)
class RoomPage:
    """A room as one of its members sees it. ``room_list`` are the rows of the room list's statements.

    ``unread_since``: when the first unread message was sent. ``context`` holds the template values of features,
    ``sections`` the templates of their parts.
    """

    room: Room
    role: str
    read_seq: int
    unread_since: datetime | None
    messages: Window
    context: dict[str, Any]
    sections: list[str]
    room_list: list[list[Any]]


def register_value(name: str, column: Column) -> None:
    """Add the column's value to the page's context under this name. In its SQL, r is the room and m the membership.

    The composer starts with the value of the name ``composer_text``.
    """
    _COLUMNS.add(name, column)


def load_room_page(
    person: Person, room_id: UUID, requested: MessageRange, room_list: Sequence[sql.Statement]
) -> RoomPage | None:
    """Returns None if the person is not in the room. One round trip, and one more for each list of rows that is not cached.

    ``requested`` is the range of messages to show. The room's row is read before all others, so the page holds at least that
    version. Each statement checks the permission itself: nothing committed after a removal may slip in between.
    """
    key = sql.key(room_id)
    member, mine = is_member(room_id, person)
    runs = [run for run in ((_OLDER, requested.older), (_NEWER, requested.newer)) if run[1]]
    found, *rows = sql.run(
        (sql.named(_ROOM_AND_ROLE, room=_ROOM.select, **_COLUMNS.clauses()), [key, person.pk]),
        *(page_part.page_statement(room_id, person) for page_part in PAGE_PARTS),
        *(
            (sql.named(_MESSAGES, is_member=member, **run), [key, *mine, key, requested.seq, limit])
            for run, limit in runs
        ),
        *room_list,
    )
    if not found:
        return None
    (role, read_seq, unread_since), context = _COLUMNS.read(found[0][len(_ROOM) :])
    room = _ROOM.read(found[0][: len(_ROOM)])
    of_parts, of_messages = rows[: len(PAGE_PARTS)], rows[len(PAGE_PARTS) :][: len(runs)]
    messages = sorted((row for run in of_messages for row in run), key=lambda row: row[-1])
    window = window_from(
        [(sql.as_uuid(pk), *rest) for pk, *rest in messages],
        lambda: Message.objects.visible_in(room.pk, person),
    )
    if window.misses(requested, room):
        return load_room_page(person, room_id, requested, room_list)
    for page_part, of_part in zip(PAGE_PARTS, of_parts, strict=True):
        context |= page_part.page_context(room, person, of_part)
    return RoomPage(
        room,
        role,
        read_seq,
        unread_since,
        window,
        context,
        [page_part.section for page_part in PAGE_PARTS if page_part.section],
        rows[len(PAGE_PARTS) + len(runs) :],
    )
