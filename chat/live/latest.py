"""Latest values: one per room of a person, of which only the newest counts. All are sent after each first beat.

A feature registers a column, which the handshake's one statement reads. Changes are events with ``latest_envelope``; a
page that missed some gets all values again when it reconnects.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class LatestValue:
    """``column`` is SQL over the membership ``m`` and the room ``r``, with what ``join`` adds.

    ``to_json`` makes the value that pages get, or None for no value.
    """

    name: str
    column: str
    join: str = ""
    to_json: Callable[[Any], int | str | None] = lambda value: value


_values: dict[str, LatestValue] = {}


def register_latest(value: LatestValue) -> None:
    _values[value.name] = value


def columns() -> str:
    return "".join(f", {value.column}" for value in _values.values())


def joins() -> str:
    return " ".join(value.join for value in _values.values())


def message(rows: Sequence[tuple[str, Sequence[Any]]]) -> dict[str, Any]:
    """``rows``: each room's id and the values of its columns. Rooms without a value are left out."""
    said: dict[str, Any] = {"type": "latest"}
    for index, value in enumerate(_values.values()):
        found = ((room, value.to_json(row[index])) for room, row in rows)
        said[value.name] = {room: each for room, each in found if each is not None}
    return said
