"""Records writes to the database: each statement that changed rows."""

import re
from contextlib import contextmanager
from typing import Any

from django.db import connection

# A GET may start, update or end a session; it changes nothing else.
OF_SESSIONS = {"django_session", "usersessions_usersession"}
# Anywhere in a statement, as in "WITH ... UPDATE", but not in row locks or in the conflict clause of an insert.
WRITES = re.compile(
    r"\b(INSERT\s+INTO|REPLACE\s+INTO|MERGE\s+INTO|DELETE\s+FROM|TRUNCATE|(?<!FOR )(?<!NO KEY )(?<!DO )UPDATE)"
    r'\s+(?:ONLY\s+)?"?(\w+)',
    re.IGNORECASE,
)
UNCOUNTED = re.compile(r"RETURNING|^\s*WITH|;", re.IGNORECASE)
SAVEPOINT = re.compile(r'\s*(SAVEPOINT|ROLLBACK TO SAVEPOINT)\s+"?(\w+)', re.IGNORECASE)


class Writes:
    """An execute wrapper (``written``). ``found``: the tables that were written to and not rolled back."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._saved: dict[str, int] = {}

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        before = _changes()
        answer = execute(sql, params, many, context)
        if point := SAVEPOINT.match(sql):
            if point[1].upper() == "SAVEPOINT":
                self._saved[point[2]] = len(self.found)
            else:
                del self.found[self._saved[point[2]] :]
        elif tables := [name for _, name in WRITES.findall(sql) if name not in OF_SESSIONS]:
            # Skip statements that changed no row; for some the number of rows is not known yet.
            rows = _changes() - before if connection.vendor == "sqlite" else context["cursor"].rowcount
            if rows or UNCOUNTED.search(sql):
                self.found += tables
        return answer


def _changes() -> int:
    """The number of rows that SQLite has changed on this connection."""
    return (
        connection.connection.total_changes if connection.vendor == "sqlite" and connection.connection else 0
    )


@contextmanager
def written() -> Any:
    writes = Writes()
    with connection.execute_wrapper(writes):
        yield writes.found
