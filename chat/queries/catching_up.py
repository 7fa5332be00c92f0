"""Catch-up: what changed in a room since a version. New, edited, deleted, joined, left, renamed follow one rule.

Each kind of row reads its own changes (``row_kinds``).
"""

from dataclasses import dataclass

from chat.models import Room
from chat.queries.row_kinds import ROW_KINDS

PAGE = 100  # changes per answer
TOO_FAR = 500  # changes behind, above which the page starts over with the newest window


@dataclass(frozen=True, slots=True)
class Answer:
    """``version`` is what the page holds after applying it; ``more``: there are more changes after that."""

    fragments: list[str]
    version: int
    more: bool = False
    start_over: bool = False
    at_start: bool = False

    @property
    def kind(self) -> str:
        if self.start_over:
            return "start over"
        return "more" if self.more else "some" if self.fragments else "nothing"


def since(room: Room, after: int) -> Answer:
    """Changes after version ``after``. ``room`` must have been read before this call. No query if the page is up to
    date.

    Rows above the room's version as read are left out: another table, read a moment earlier, may lack a change below
    them. They come with the next answer.
    """
    if after > room.version or after < room.floor or room.version - after > TOO_FAR:
        return _start_over(room)
    if after == room.version:
        return Answer([], room.version)
    rows = [row for kind in ROW_KINDS.values() for row in kind.changed(room, after, PAGE + 1)]
    rows.sort(key=lambda row: row[0])
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    return Answer([html for _, html in rows], rows[-1][0] if more else room.version, more=more)


def _start_over(room: Room) -> Answer:
    """All pages of a room may ask at once, so the kinds use the cached fragments."""
    parts = [kind.current(room) for kind in ROW_KINDS.values()]
    at_start = any(part.at_start for part in parts)
    return Answer([part.html for part in parts], room.version, start_over=True, at_start=at_start)
