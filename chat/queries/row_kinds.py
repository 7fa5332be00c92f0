"""The kinds of rows that a room has: messages, members, its title, and what features add.

A row is an element with an id and a ``data-version``. A room's page contains rows; live frames and catch-up bring newer
ones (docs/delivery.md). A feature registers its kind once, here and in the browser (static/js/room/row-kinds.js).
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from chat.models import Room
from chat.queries.page_parts import PagePart, register_page_part


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows as HTML, in display order. ``at_start``: they include the beginning of the history."""

    html: str
    at_start: bool = False


class RowKind(ABC):
    """``prefix`` is the beginning of its rows' DOM ids, unique to this kind.

    A kind that is also a ``PagePart`` is on the room's page.
    """

    prefix: ClassVar[str]

    @abstractmethod
    def changed(self, room: Room, after: int, limit: int) -> Iterable[tuple[int, str]]:
        """(version, HTML) of changes after version ``after``, the first ``limit`` of them.

        Nothing above ``room.version``, in a constant number of queries.
        """

    @abstractmethod
    def current(self, room: Room) -> Rows:
        """The rows for a page that starts over, nothing above ``room.version``. A constant number of queries."""


# By prefix, in the order in which a page that starts over gets them.
ROW_KINDS: dict[str, RowKind] = {}


def register_row_kind(kind: RowKind) -> None:
    """Called when the feature's module is imported (``chat/features.py``)."""
    for prefix in ROW_KINDS:
        if prefix.startswith(kind.prefix) or kind.prefix.startswith(prefix):
            raise ValueError(f"the prefix {kind.prefix!r} conflicts with {prefix!r}")
    ROW_KINDS[kind.prefix] = kind
    if isinstance(kind, PagePart):
        register_page_part(kind)
