"""The twin of static/js/sidebar/sidebar.js and news.js: the room list of one tab, updated live."""

import re
from dataclasses import dataclass, field
from typing import Any

ROW = re.compile(r'<li class="place-row"(.*?)</li>', re.DOTALL)


@dataclass
class RoomListRow:
    """``last``: the author and text of the last message, None if deleted. ``line_of``, ``line_at``: its seq and version.

    ``fetched_at``: the version at which the row was read from the server.
    """

    version: int
    last_seq: int
    read_seq: int
    hidden_seq: int | None
    archived: bool
    last: tuple[int, str | None] | None
    line_of: int
    line_at: int
    fetched_at: int

    @property
    def unread(self) -> int:
        return max(0, self.last_seq - self.read_seq)

    @property
    def hidden(self) -> bool:
        return self.hidden_seq is not None and self.last_seq <= self.hidden_seq


def rows_in(html: str) -> dict[str, RoomListRow]:
    """The rows of ``chat/sidebar/_room_list.html``."""
    found = {}
    for row in ROW.findall(html):
        numbers = dict(re.findall(r'data-([a-z-]+)="(\d+)"', row))
        by = re.search(r'data-by="(\d+)">(?:[^:<]*: )?([^<]*)<', row)  # no name in a direct
        last = (int(by[1]), None if by[2] == "Message deleted" else by[2]) if by else None
        hidden = numbers.get("hidden-seq")
        room = re.search(r'data-room="([^"]+)"', row)
        assert room
        found[room[1]] = RoomListRow(
            int(numbers["version"]),
            int(numbers["last-seq"]),
            int(numbers["read-seq"]),
            int(hidden) if hidden is not None else None,
            " data-archived" in row,
            last,
            int(numbers["last-seq"]),
            int(numbers["version"]),
            int(numbers["version"]),
        )
    return found


def is_of_before_a_backup(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return bool(one["version"] < other["version"] and one["last_seq"] > other["last_seq"])


@dataclass
class RoomList:
    """``wants``: the list must be fetched. Received nudges survive a fetch."""

    me: int
    shown: str | None
    rows: dict[str, RoomListRow] = field(default_factory=dict)
    wants: bool = False
    nudges: dict[str, dict[str, Any]] = field(default_factory=dict)
    reads: dict[str, int] = field(default_factory=dict)

    def nudge(self, heard: dict[str, Any]) -> None:
        news, room = heard, heard["room"]
        known = self.nudges.get(room)
        if known and is_of_before_a_backup(heard, known):
            return
        if known and is_of_before_a_backup(known, heard):
            known = None
        first = heard.get("first", 0)
        late = known is not None and known["version"] > heard["version"]
        last = known["last"] if known else None
        line = heard["last"] and {**heard["last"], "seq": heard["last_seq"]}
        if line and not (last and (last["seq"], last["version"]) > (line["seq"], line["version"])):
            last = line
        elif late and not first:
            return
        gone = known.get("gone") if known else None
        if first and not (gone and gone[1] > heard["version"]):
            gone = first - 1, heard["version"]
        if known is not None and late:
            news = known
        self.nudges[room] = news = {**news, "last": last, "gone": gone}
        row = self.rows.get(room)
        unsaid = (heard["kind"] == "direct" and not heard["last"]) or first > heard["last_seq"]
        if row is None or unsaid or row.archived != news.get("archived", row.archived):
            self.wants = True
        elif news["version"] >= row.version:
            self._show(row, news)

    def _show(self, row: RoomListRow, news: dict[str, Any]) -> None:
        row.version = news["version"]
        row.last_seq = max(news["last_seq"], row.last_seq)
        if (gone := news.get("gone")) and gone[1] > row.fetched_at:
            row.read_seq = max(gone[0], row.read_seq)
        if (last := news["last"]) and (last["seq"], last["version"]) >= (row.line_of, row.line_at):
            row.line_of, row.line_at = last["seq"], last["version"]
            row.last = last["author"], None if last["deleted"] else last["text"]

    def from_frame(self, seq: int, version: int, author: int, text: str | None) -> None:
        """A frame of the shown room."""
        room = self.shown or ""
        if author == self.me:
            self.read(room, seq)
        row, known = self.rows.get(room), self.nudges.get(room)
        if known and (known["last_seq"], known["version"]) > (seq, version):
            return
        last = {"seq": seq, "version": version, "author": author, "text": text, "deleted": text is None}
        self.nudges[room] = {
            "version": version,
            "last_seq": seq,
            "last": last,
            "gone": known and known.get("gone"),
        }
        if row is not None and (seq, version) >= (row.last_seq, row.version if seq == row.last_seq else 0):
            self._show(row, {**self.nudges[room], "version": max(row.version, version)})

    def read(self, room: str, seq: int) -> None:
        self.reads[room] = max(seq, self.reads.get(room, 0))
        if row := self.rows.get(room):
            row.read_seq = max(seq, row.read_seq)

    def drop(self) -> None:
        """After an outage the list is fetched again: nudges from before no longer count."""
        self.nudges.clear()
        self.reads.clear()

    def lose(self, room: str) -> None:
        self.rows.pop(room, None)
        self.nudges.pop(room, None)

    def compare(self, rooms: dict[str, list[int]]) -> None:
        """Compare with the first beat."""
        same = all(
            room in self.rows and self.rows[room].version >= numbers[0] for room, numbers in rooms.items()
        )
        self.wants |= not same or len(rooms) != len(self.rows)

    def take(self, html: str) -> None:
        """After a fetch: newer nudges stay applied."""
        self.rows = rows_in(html)
        for room, row in self.rows.items():
            news = self.nudges.get(room)
            if seq := self.reads.get(room):
                row.read_seq = max(seq, row.read_seq)
            if news and news["version"] > row.version:
                self._show(row, news)
