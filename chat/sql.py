"""What SQL by hand needs, on PostgreSQL and on SQLite. Only hot paths have any; everything else asks the ORM.

There the ORM takes three times as long to compose a statement as the database takes to run it (docs/performance.md).
"""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection

type Statement = tuple[str, Iterable[Any]]  # SQL, and what its placeholders stand for


def run(*statements: Statement) -> list[list[Any]]:
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
            for sql, given in statements:
                cursor.execute(sql, list(given))
                answers.append(cursor.fetchall())
    return answers


def placeholders(values: Collection[object]) -> str:
    """``(%s, %s)``: one for each."""
    return f"({', '.join(['%s'] * len(values))})"


def tuples(values: Collection[object], width: int) -> str:
    """``(%s, %s), (%s, %s)``: as many as there are values, so wide each."""
    one = placeholders(range(width))
    return ", ".join([one] * len(values))


def key(value: UUID) -> UUID | str:
    """As the database keeps it: SQLite has no UUIDs."""
    return value if connection.features.has_native_uuid_field else value.hex


def as_uuid(value: UUID | str) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


def as_moment(value: datetime) -> datetime:
    """SQLite keeps UTC without saying so."""
    return value if value.tzinfo else value.replace(tzinfo=UTC)


@cache
def table(model: Any) -> str:
    return connection.ops.quote_name(model._meta.db_table)  # noqa: SLF001 - documented


@cache
def primary_key(model: Any) -> str:
    return connection.ops.quote_name(model._meta.pk.column)  # noqa: SLF001
