"""A direct connection to PostgreSQL. The pool would retry again and again, and hide the reason."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection

from hypertalk.doctor.findings import PATIENCE


@contextmanager
def postgres() -> Iterator[psycopg.Cursor[Any]]:
    """A cursor of a new connection. Raises psycopg.OperationalError if it can't connect."""
    given = connection.settings_dict
    options = {name: value for name, value in given["OPTIONS"].items() if name not in {"pool", "options"}}
    with (
        psycopg.connect(
            **{
                **options,
                "dbname": given["NAME"],
                "user": given["USER"] or None,
                "password": given["PASSWORD"] or None,
                "host": given["HOST"] or None,
                "port": given["PORT"] or None,
                "connect_timeout": PATIENCE,
                "options": f"-c statement_timeout={PATIENCE}s",
                "client_encoding": "utf-8",
            },
            autocommit=True,
        ) as database,
        database.cursor() as cursor,
    ):
        yield cursor


def value(cursor: psycopg.Cursor[Any], statement: Any) -> Any:
    """Return the first column of the first row."""
    row = cursor.execute(statement).fetchone()
    return row[0] if row else None
