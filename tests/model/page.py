"""The Python twin of static/js/room/rules.js, with the same state and verdicts. tests/cases/page_rules.json tests both."""

from collections.abc import Iterable
from dataclasses import dataclass

APPLY, IGNORE, BELOW = "apply", "ignore", "below"


@dataclass(frozen=True)
class Row:
    """``key``: the DOM id. ``seq``: None if the row is no message."""

    key: str
    version: int
    seq: int | None = None


class Page:
    def __init__(
        self,
        held: int,
        low: int | None = None,
        at_start: bool = False,
        rows: Iterable[Row] = (),
        high: int | None = None,
    ) -> None:
        self.held = held
        self.low = low
        self.at_start = at_start
        self.high = high
        self.seen: set[int] = set()
        self.rows = {row.key: row for row in rows}

    def pending(self, key: str) -> None:
        self.rows.setdefault(key, Row(key, 0))

    def discard(self, key: str) -> None:
        if key in self.rows and self.rows[key].version == 0:
            del self.rows[key]

    def frame(self, row: Row) -> tuple[str, bool]:
        """The verdict, and whether there is a gap."""
        # A late frame has nothing new: it would bring back a person who left since, or, after a restored
        # backup, messages that no longer exist.
        verdict = self._row(row) if row.version > self.held else IGNORE
        if row.version > self.held:
            self.seen.add(row.version)
        self._advance()
        return verdict, self._gap()

    def beat(self, version: int) -> bool:
        """Whether to catch up."""
        return version != self.held

    def answer(self, after: int, version: int, more: bool, rows: Iterable[Row]) -> tuple[list[str], bool]:
        """The verdicts, and whether to catch up again."""
        verdicts = [self._row(row) for row in rows]
        usable = after <= self.held
        if usable:
            self.held = max(self.held, version)
            self._advance()
        return verdicts, more or not usable or self._gap()

    def history(
        self, before: int | None, version: int, rows: list[Row], at_start: bool
    ) -> tuple[list[str], bool]:
        """The verdicts, and whether to drain."""
        # The window was replaced meanwhile: messages older than the old one don't join the new one.
        if before != self.low:
            return [IGNORE] * len(rows), False
        if seqs := seqs_of(rows):
            self.low = min(seqs if self.low is None else [*seqs, self.low])
        self.at_start = self.at_start or at_start
        return [self._row(row) for row in rows], self._read_at(version)

    def newer(self, after: int | None, version: int, rows: list[Row], at_end: bool) -> tuple[list[str], bool]:
        """The same for newer messages."""
        if after is None or after != self.high:
            return [IGNORE] * len(rows), False
        self.high = None if at_end else max([after, *seqs_of(rows)])
        return [self._row(row) for row in rows], self._read_at(version)

    def replace(self, version: int, rows: list[Row], at_start: bool, at_end: bool) -> tuple[list[str], bool]:
        """The reader jumps to another part. Returns the verdicts, and whether to drain."""
        coming = {row.key for row in rows}
        self.rows = {key: row for key, row in self.rows.items() if row.seq is None or key in coming}
        self._span(rows, at_start, at_end)
        return [self._row(row) for row in rows], self._read_at(version)

    def trim(self, low: int | None = None, high: int | None = None) -> None:
        if low is not None:
            self.low, self.at_start = low, False
        if high is not None:
            self.high = high
        self.rows = {key: row for key, row in self.rows.items() if self._in_window(row.seq)}

    def start_over(self, version: int, rows: list[Row], at_start: bool) -> list[str]:
        self.rows = {key: row for key, row in self.rows.items() if row.version == 0}
        self._span(rows, at_start, True)
        self.seen.clear()
        self.held = version
        return [self._row(row) for row in rows]

    def _span(self, rows: list[Row], at_start: bool, at_end: bool) -> None:
        seqs = seqs_of(rows)
        self.low = min(seqs) if seqs else None
        self.high = None if at_end or not seqs else max(seqs)
        self.at_start = at_start

    def _read_at(self, version: int) -> bool:
        dropped = {seen for seen in self.seen if seen > version}
        self.seen -= dropped
        lowered = version < self.held
        self.held = min(version, self.held)
        return lowered or bool(dropped)

    def _row(self, row: Row) -> str:
        known = self.rows.get(row.key)
        if known and row.version <= known.version:
            return IGNORE
        if not self._in_window(row.seq):
            return BELOW if self.high is not None and row.seq is not None and row.seq > self.high else IGNORE
        self.rows[row.key] = row
        return APPLY

    def _in_window(self, seq: int | None) -> bool:
        if seq is None:
            return True
        joins_above = self.at_start or (self.low is not None and seq >= self.low)
        return joins_above and (self.high is None or seq <= self.high)

    def _advance(self) -> None:
        while self.held + 1 in self.seen:
            self.held += 1
        self.seen = {version for version in self.seen if version > self.held}

    def _gap(self) -> bool:
        return bool(self.seen)


def seqs_of(rows: Iterable[Row]) -> list[int]:
    return [row.seq for row in rows if row.seq is not None]
