"""Latest values: one per room of a person, of which only the newest counts. All are sent after each first beat.

A feature registers a column, which the handshake's one statement reads. Changes are events with ``latest_envelope``; a
page that missed some gets all values again when it reconnects.
"""

from collections.abc import Mapping
from typing import Any

from chat.db.columns import Column, Selection

# In the SQL, r is the room and m the membership.
COLUMNS = Selection(Column("r.id"))


def register_latest(name: str, column: Column) -> None:
    """Pages get the column's value of each room by this name; none where it is null or empty."""
    if name == "type":
        raise ValueError("a message's type stands under this name")
    COLUMNS.add(name, column)


def message(values: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """``values``: by room, what ``COLUMNS`` read. A name without any value is there, and empty."""
    whole: dict[str, Any] = {"type": "latest"} | {name: {} for name in COLUMNS.names}
    for room, found in values.items():
        for name, value in found.items():
            if value not in (None, ""):
                whole[name][room] = value
    return whole
