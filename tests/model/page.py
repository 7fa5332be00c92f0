"""The Python twin of static/js/rules.js: the same state, the same verdicts. tests/cases/page_rules.json holds both to it."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

APPLY, IGNORE = "apply", "ignore"


@dataclass(frozen=True)
class Row:
    """``key``: the DOM id. ``seq``: None for what is no message."""

    key: str
    version: int
    seq: int | None = None


class Page:
    def __init__(
        self, held: int, low: int | None = None, at_start: bool = False, rows: Iterable[Row] = ()
    ) -> None:
        self.held = held
        self.low = low
        self.at_start = at_start
        self.seen: set[int] = set()
        self.rows = {row.key: row for row in rows}

    def pending(self, key: str) -> None:
        self.rows.setdefault(key, Row(key, 0))

    def discard(self, key: str) -> None:
        if key in self.rows and self.rows[key].version == 0:
            del self.rows[key]

    def frame(self, row: Row) -> tuple[str, bool]:
        """The verdict, and whether there is a gap."""
        # A late frame about a row we hold the absence of (somebody who left since) must not bring it back.
        verdict = self._row(row) if row.version > self.held or row.key in self.rows else IGNORE
        if row.version > self.held:
            self.seen.add(row.version)
        self._advance()
        return verdict, self._gap()

    def beat(self, version: int) -> bool:
        """Whether to ask."""
        return version != self.held

    def answer(self, after: int, version: int, more: bool, rows: Iterable[Row]) -> tuple[list[str], bool]:
        """The verdicts, and whether to ask again."""
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
        # The window was replaced meanwhile: what is older than the old one does not join on to the new one.
        if before != self.low:
            return [IGNORE] * len(rows), False
        seqs = [row.seq for row in rows if row.seq is not None]
        if seqs:
            self.low = min([*seqs, self.low if self.low is not None else math.inf])  # type: ignore[assignment]
        self.at_start = self.at_start or at_start
        verdicts = [self._row(row) for row in rows]
        lowered = version < self.held
        if lowered:
            self.held = version
            self.seen.clear()
        return verdicts, lowered

    def start_over(self, version: int, rows: list[Row], at_start: bool) -> list[str]:
        self.rows = {key: row for key, row in self.rows.items() if row.version == 0}
        seqs = [row.seq for row in rows if row.seq is not None]
        self.low = min(seqs) if seqs else None
        self.at_start = at_start
        self.seen.clear()
        self.held = version
        return [self._row(row) for row in rows]

    def _row(self, row: Row) -> str:
        known = self.rows.get(row.key)
        if row.version <= known.version if known else not self._in_window(row.seq):
            return IGNORE
        self.rows[row.key] = row
        return APPLY

    def _in_window(self, seq: int | None) -> bool:
        return seq is None or self.at_start or (self.low is not None and seq >= self.low)

    def _advance(self) -> None:
        while self.held + 1 in self.seen:
            self.held += 1
        self.seen = {version for version in self.seen if version > self.held}

    def _gap(self) -> bool:
        return bool(self.seen)
