"""Read the database as of one moment while writes go on. Memory use is that of a row, not of a table."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Protocol

from django.db import connection, transaction

from hypertalk.backups.tables import Table

PATIENT = "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"


class Snapshot(Protocol):
    def lines(self, table: Table) -> Iterator[bytes]:
        """Yield each row as a JSON array with a newline."""


@contextmanager
def snapshot() -> Iterator[Snapshot]:
    """Blocks no writer: a REPEATABLE READ transaction of PostgreSQL, or a read transaction on SQLite's write-ahead log."""
    if connection.vendor == "postgresql":
        with transaction.atomic(durable=True):
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                cursor.execute(PATIENT)
            yield Postgres()
    else:
        # A separate connection: Django's would start by taking the write lock.
        name = connection.settings_dict["NAME"]
        with closing(sqlite3.connect(name, isolation_level=None, timeout=10)) as reader:
            reader.execute("PRAGMA query_only = ON")
            reader.execute("BEGIN")
            reader.execute(
                "SELECT 1 FROM sqlite_master"
            ).fetchone()  # the snapshot begins with the first query
            yield Sqlite(reader)


class Postgres:
    def lines(self, table: Table) -> Iterator[bytes]:
        with connection.cursor() as cursor, cursor.copy(f"COPY ({table.as_json()}) TO STDOUT") as copy:
            for row in copy:
                # COPY doubles backslashes; JSON contains no other character that it would escape.
                yield bytes(row).replace(rb"\\", b"\\")


class Sqlite:
    def __init__(self, reader: sqlite3.Connection) -> None:
        self._reader = reader

    def lines(self, table: Table) -> Iterator[bytes]:
        for (row,) in self._reader.execute(table.as_json()):
            yield row.encode() + b"\n"
