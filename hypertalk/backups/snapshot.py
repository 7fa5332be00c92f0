"""The database as it was at one moment, while everybody goes on writing. Memory is that of a row, not of a table."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Protocol

from django.db import connection, transaction

from hypertalk.backups.tables import Table

PATIENT = "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"


class Snapshot(Protocol):
    def lines(self, table: Table) -> Iterator[bytes]:
        """Each row as a JSON array and a line end."""


@contextmanager
def snapshot() -> Iterator[Snapshot]:
    """Blocks nobody: a REPEATABLE READ transaction of PostgreSQL, a reader of SQLite's write-ahead log."""
    if connection.vendor == "postgresql":
        with transaction.atomic(durable=True):
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                cursor.execute(PATIENT)
            yield Postgres()
    else:
        # A connection of its own: Django's would begin by taking the lock for writing.
        name = connection.settings_dict["NAME"]
        with closing(sqlite3.connect(name, isolation_level=None, timeout=10)) as reader:
            reader.execute("PRAGMA query_only = ON")
            reader.execute("BEGIN")
            reader.execute(
                "SELECT 1 FROM sqlite_master"
            ).fetchone()  # the moment is that of the first question
            yield Sqlite(reader)


class Postgres:
    def lines(self, table: Table) -> Iterator[bytes]:
        with connection.cursor() as cursor, cursor.copy(f"COPY ({table.as_json()}) TO STDOUT") as copy:
            for row in copy:
                # COPY doubles backslashes; of what else it would escape JSON has nothing.
                yield bytes(row).replace(rb"\\", b"\\")


class Sqlite:
    def __init__(self, reader: sqlite3.Connection) -> None:
        self._reader = reader

    def lines(self, table: Table) -> Iterator[bytes]:
        for (row,) in self._reader.execute(table.as_json()):
            yield row.encode() + b"\n"
