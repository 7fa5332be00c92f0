"""Helpers for hand-written SQL on PostgreSQL and SQLite. Only hot paths use it; everything else uses the ORM.

There the ORM takes three times as long to compose a statement as the database takes to run it (docs/performance.md).
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from functools import cache
from itertools import batched
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import connection

type Statement = tuple[str, Iterable[Any]]  # SQL, and the values of its placeholders


def run(*statements: Statement) -> list[list[Any]]:
    """Returns the rows of each. PostgreSQL gets all in one request, because a round trip costs more than a statement."""
    answers: list[list[Any]] = []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            values = [value for _, values in statements for value in values]
            cursor.execute("; ".join(sql for sql, _ in statements), values)
            for _ in statements:
                answers.append(cursor.fetchall() if cursor.description else [])
                cursor.nextset()
        else:
            for sql, given in statements:
                cursor.execute(sql, list(given))
                answers.append(cursor.fetchall())
    return answers


def clock() -> str:
    """The database's clock as it runs, also within a transaction; NULL where the process's clock is the same."""
    return "CLOCK_TIMESTAMP()" if connection.vendor == "postgresql" else "NULL"


def placeholders(values: Collection[object]) -> str:
    """``(%s, %s)``: one per value."""
    return f"({', '.join(['%s'] * len(values))})"


def tuples(values: Collection[object], width: int) -> str:
    """``(%s, %s), (%s, %s)``: one tuple of this width per value."""
    one = placeholders(range(width))
    return ", ".join([one] * len(values))


def key(value: UUID) -> UUID | str:
    """As the database stores it: SQLite has no UUIDs."""
    return value if connection.features.has_native_uuid_field else value.hex


def as_uuid(value: UUID | str) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


def as_moment(value: datetime) -> datetime:
    """SQLite stores UTC without a time zone."""
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def as_moment_or_none(value: datetime | None) -> datetime | None:
    """Like ``as_moment``, for a column that may be null."""
    return None if value is None else as_moment(value)


def named(statement: str, **clauses: str) -> str:
    """The statement with table names and ``clauses`` filled in: ``{rooms}``, ``{users}``, ``{user_key}`` ...

    Each model of the chat is named by its plural. ``{current}`` stands for the members of ``MemberQuerySet.current``.
    """
    return statement.format_map(_names() | clauses)


@cache
def _names() -> dict[str, str]:
    users = get_user_model()
    tables: dict[str, Any] = {
        _plural(model.__name__.lower()): model for model in apps.get_app_config("chat").get_models()
    }
    tables["users"] = users
    quote = connection.ops.quote_name
    names = {name: quote(model._meta.db_table) for name, model in tables.items()}  # noqa: SLF001 - documented
    names["user_key"] = quote(str(users._meta.pk.column))  # noqa: SLF001
    # Like ``MemberQuerySet.current``: in the room, and active.
    names["current"] = """(
        SELECT m.* FROM {members} m
        JOIN {people} p ON p.id = m.person_id
        JOIN {users} u ON u.{user_key} = p.user_id
        WHERE m.active AND u.is_active
    )""".format_map(names)
    return names


def _plural(model: str) -> str:
    return "people" if model == "person" else f"{model}s"


def bulk_copy(table: str, columns: Iterable[str], rows: Iterable[Sequence[Any]]) -> None:
    """Bulk insert rows from an iterator. Values must be as the database stores them.

    On PostgreSQL a row costs a tenth of what it does in an INSERT.
    """
    quote = connection.ops.quote_name
    names = [quote(column) for column in columns]
    into = f"{quote(table)} ({', '.join(names)})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {into} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            insert = f"INSERT INTO {into} VALUES {placeholders(names)}"  # noqa: S608 - names of tables, quoted
            for some in batched(rows, 5000, strict=False):
                cursor.executemany(insert, some)
