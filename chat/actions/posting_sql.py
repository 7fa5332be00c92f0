"""The SQL of posting: each function runs once for a whole batch."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from chat.db import sql
from chat.db.clock import clock
from chat.db.columns import Columns
from chat.models import Message, Person, Room

_ROOM = Columns(Room, "r")
_PERSON = Columns(Person, "p", "id", "display_name", "picture", "version", "silenced_until")


@dataclass(frozen=True, slots=True)
class Previous:
    """A room's last message, as far as grouping needs it."""

    author_id: int
    created_at: datetime
    deleted: bool


@dataclass(slots=True)
class Sender:
    """A member of a room with their person.

    ``blocked``: it is a conversation of two, one of whom has blocked the other.
    """

    person: Person
    member_id: int
    role: str
    posted_at: datetime | None
    silenced_until: datetime | None
    blocked: bool


def known_ids(ids: Collection[UUID]) -> set[UUID]:
    """Returns those of the ids that exist already."""
    statement = sql.named("SELECT id FROM {messages} WHERE id IN {ids}", ids=sql.placeholders(ids))
    (rows,) = sql.run((statement, map(sql.key, ids)))
    return {sql.as_uuid(row[0]) for row in rows}


def lock(
    senders_in: Collection[tuple[UUID, int]],
) -> tuple[dict[UUID, Room], dict[tuple[UUID, int], Sender], dict[UUID, Previous], datetime]:
    """Lock the rooms of these (room, person), ordered by id; then read who may post there.

    Returns the existing rooms, their current members among the people, their last messages, and the database's clock.
    The second statement starts when the locks are held, so it sees everything committed before. The clock is read by
    its own function, because the statements' own time is when they arrived, before the wait.
    """
    rooms = {room for room, _ in senders_in}
    lock = sql.named(
        "SELECT {room} FROM {rooms} r WHERE r.id IN {ids} ORDER BY r.id {waiting}",
        room=_ROOM.select,
        ids=sql.placeholders(rooms),
        waiting="FOR NO KEY UPDATE" if connection.features.has_select_for_update else "",
    )
    look = sql.named(
        """
        SELECT m.room_id, {person}, m.id, m.role, m.posted_at, m.silenced_until,
               CASE WHEN r.kind = 'direct' THEN (
                   SELECT COUNT(DISTINCT o.id) = 1 AND COUNT(b.id) > 0
                   FROM {members} o
                   LEFT JOIN {blocks} b ON b.person_id = m.person_id AND b.blocked_id = o.person_id
                       OR b.person_id = o.person_id AND b.blocked_id = m.person_id
                   WHERE o.room_id = m.room_id AND o.person_id <> m.person_id
               ) END,
               l.author_id, l.created_at, l.deleted_at, {clock}
        FROM {current} m
        JOIN {people} p ON p.id = m.person_id
        JOIN {rooms} r ON r.id = m.room_id
        LEFT JOIN {messages} l ON l.room_id = r.id AND l.seq = r.last_seq AND l.seq >= r.first_seq
        WHERE (m.room_id, m.person_id) IN (VALUES {senders_in})
        """,
        person=_PERSON.select,
        clock=sql.clock(),
        senders_in=sql.tuples(senders_in, 2),
    )
    asked = (value for room, person in senders_in for value in (sql.key(room), person))
    locked, found = sql.run((lock, map(sql.key, rooms)), (look, asked))
    senders: dict[tuple[UUID, int], Sender] = {}
    last: dict[UUID, Previous] = {}
    now = (found[0][-1] if found else None) or clock.now()
    for room_id, *row, author_id, created_at, deleted_at, _ in found:
        room = sql.as_uuid(room_id)
        sender = _sender(row)
        senders[room, sender.person.pk] = sender
        if author_id is not None:
            last[room] = Previous(author_id, sql.as_moment(created_at), deleted_at is not None)
    return {room.pk: room for room in map(_ROOM.read, locked)}, senders, last, now


def write(
    messages: Sequence[Message], rooms: Collection[Room], read: Collection[tuple[int, int]], now: datetime
) -> None:
    """Insert the messages; update the rooms' ``version`` and ``last_seq``, and the senders' read positions and times.

    ``read`` is (member id, seq). Raises IntegrityError if a message's id is taken.
    """
    fields = Message._meta.concrete_fields  # noqa: SLF001 - documented
    columns = ", ".join(str(field.column) for field in fields)
    insert = sql.named(
        "INSERT INTO {messages} ({columns}) VALUES {rows}",
        columns=columns,
        rows=sql.tuples(messages, len(fields)),
    )
    number = sql.named(
        """
        UPDATE {rooms} SET version = n.column2, last_seq = n.column3
        FROM (VALUES {new}) AS n WHERE id = n.column1
        """,
        new=sql.tuples(rooms, 3),
    )
    move = sql.named(
        """
        UPDATE {members} SET read_seq = n.column2, seen_seq = n.column2, posted_at = %s
        FROM (VALUES {new}) AS n WHERE id = n.column1
        """,
        new=sql.tuples(read, 2),
    )
    inserted = (
        f.get_db_prep_save(getattr(message, f.attname), connection) for message in messages for f in fields
    )
    numbered = (value for room in rooms for value in (sql.key(room.pk), room.version, room.last_seq))
    moved = [connection.ops.adapt_datetimefield_value(now), *(value for pair in read for value in pair)]
    sql.run((insert, inserted), (number, numbered), (move, moved))


def _sender(row: Sequence[Any]) -> Sender:
    member_id, role, posted_at, silenced_until, blocked = row[len(_PERSON) :]
    return Sender(
        _PERSON.read(row[: len(_PERSON)]),
        member_id,
        role,
        sql.as_moment_or_none(posted_at),
        sql.as_moment_or_none(silenced_until),
        bool(blocked),
    )
