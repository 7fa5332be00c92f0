"""The SQL of posting, by hand: each function runs once for a whole batch, on PostgreSQL and on SQLite.

Elsewhere the ORM is quick enough. Here it would take three times as long to compose these statements as the database
takes to run them (docs/performance.md).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import connection
from django.utils import timezone

from chat.models import Member, Message, Person, Room

_ROOM = ("id", "kind", "name", "topic", "version", "last_seq", "epoch")
_PERSON = ("id", "display_name", "version")


@dataclass(frozen=True, slots=True)
class Last:
    """A room's last message, as far as grouping needs it."""

    author_id: int
    created_at: datetime
    deleted: bool


@dataclass(frozen=True, slots=True)
class Sender:
    """Somebody who may post in a room: their membership, and who they are."""

    member_id: int
    person: Person


def known_ids(ids: Collection[UUID]) -> set[UUID]:
    """Which of these messages are there already."""
    (rows,) = _run((f"SELECT id FROM {_table(Message)} WHERE id IN {_list(ids)}", map(_key, ids)))  # noqa: S608 - names only
    return {_uuid(row[0]) for row in rows}


def lock(
    places: Collection[tuple[UUID, int]],
) -> tuple[dict[UUID, Room], dict[tuple[UUID, int], Sender], dict[UUID, Last], datetime]:
    """Lock the rooms of these (room, person), in the order of their ids; then read who may post there.

    Returns the rooms that are there, their current members among the people, their last messages, and the database's
    clock. The second statement begins when the locks are held, so it sees all that was committed before.
    """
    rooms = {room for room, _ in places}
    waiting = " FOR NO KEY UPDATE" if connection.features.has_select_for_update else ""
    clock = "STATEMENT_TIMESTAMP()" if connection.vendor == "postgresql" else "NULL"
    users = get_user_model()
    locked, found = _run(
        (
            f"SELECT {', '.join(_ROOM)} FROM {_table(Room)} WHERE id IN {_list(rooms)} ORDER BY id{waiting}",  # noqa: S608
            map(_key, rooms),
        ),
        (
            f"""
            SELECT m.room_id, m.id, p.id, p.display_name, p.version, l.author_id, l.created_at, l.deleted_at, {clock}
            FROM {_table(Member)} m
            JOIN {_table(Person)} p ON p.id = m.person_id
            JOIN {_table(users)} u ON u.{_primary_key(users)} = p.user_id
            JOIN {_table(Room)} r ON r.id = m.room_id
            LEFT JOIN {_table(Message)} l ON l.room_id = r.id AND l.seq = r.last_seq
            WHERE m.active AND u.is_active AND (m.room_id, m.person_id) IN (VALUES {_tuples(places, 2)})
            """,  # noqa: S608
            (value for room, person in places for value in (_key(room), person)),
        ),
    )
    senders: dict[tuple[UUID, int], Sender] = {}
    last: dict[UUID, Last] = {}
    now = timezone.now()
    for room_id, member_id, *person, author_id, created_at, deleted_at, here in found:
        room = _uuid(room_id)
        senders[room, person[0]] = Sender(member_id, Person.from_db(connection.alias, _PERSON, person))
        now = here or now
        if author_id is not None:
            last[room] = Last(author_id, _aware(created_at), deleted_at is not None)
    return {room.pk: room for room in map(_room, locked)}, senders, last, now


def write(messages: Sequence[Message], rooms: Collection[Room], read: Collection[tuple[int, int]]) -> None:
    """Insert the messages, keep the rooms' new ``version`` and ``last_seq``, and move the senders' readings.

    ``read`` is (member, seq). Raises IntegrityError if a message's id is taken.
    """
    fields = Message._meta.concrete_fields
    columns = ", ".join(field.column for field in fields)
    _run(
        (
            f"INSERT INTO {_table(Message)} ({columns}) VALUES {_tuples(messages, len(fields))}",  # noqa: S608
            (
                field.get_db_prep_save(getattr(message, field.attname), connection)
                for message in messages
                for field in fields
            ),
        ),
        (
            f"UPDATE {_table(Room)} SET version = n.column2, last_seq = n.column3"  # noqa: S608
            f" FROM (VALUES {_tuples(rooms, 3)}) AS n WHERE id = n.column1",
            (value for room in rooms for value in (_key(room.pk), room.version, room.last_seq)),
        ),
        (
            f"UPDATE {_table(Member)} SET read_seq = n.column2, seen_seq = n.column2"  # noqa: S608
            f" FROM (VALUES {_tuples(read, 2)}) AS n WHERE id = n.column1",
            (value for pair in read for value in pair),
        ),
    )


def _run(*statements: tuple[str, Iterable[object]]) -> list[list[Any]]:
    """The rows of each. PostgreSQL takes them in one go: a journey there and back costs more than a statement."""
    answers: list[list[Any]] = []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            values = [value for _, values in statements for value in values]
            cursor.execute("; ".join(sql for sql, _ in statements), values)
            for _ in statements:
                answers.append(cursor.fetchall() if cursor.description else [])
                cursor.nextset()
        else:
            for sql, values in statements:
                cursor.execute(sql, list(values))
                answers.append(cursor.fetchall())
    return answers


def _room(row: Sequence[Any]) -> Room:
    return Room.from_db(connection.alias, _ROOM, (_uuid(row[0]), *row[1:]))


def _list(values: Collection[object]) -> str:
    return f"({', '.join(['%s'] * len(values))})"


def _tuples(values: Collection[object], width: int) -> str:
    one = _list(range(width))
    return ", ".join([one] * len(values))


def _key(value: UUID) -> UUID | str:
    """As the database keeps it: SQLite has no UUIDs."""
    return value if connection.features.has_native_uuid_field else value.hex


def _uuid(value: UUID | str) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


def _aware(value: datetime) -> datetime:
    return value if value.tzinfo else value.replace(tzinfo=UTC)


@cache
def _table(model: Any) -> str:
    return connection.ops.quote_name(model._meta.db_table)


@cache
def _primary_key(model: Any) -> str:
    return connection.ops.quote_name(model._meta.pk.column)
