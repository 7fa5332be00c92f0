"""Gaps: changes that this process did not receive though it received later ones. They are counted until they close."""

from collections.abc import Container

from chat.monitoring.counters import counters

MAX_GAPS = 100  # gaps per room, and versions per gap; a layer that loses more is counted roughly


class Gaps:
    """The missing versions of each gap, by room. Publishes overtake each other, so most gaps close within milliseconds."""

    def __init__(self) -> None:
        self._open: dict[str, list[set[int]]] = {}

    def received(self, room: str, version: int, seen: int | None) -> None:
        """A change of the room arrived. ``seen`` is the highest version before it, or None if unknown."""
        if seen is not None and version > seen + 1:
            counters.add("gaps_seen")
            gaps = self._open.setdefault(room, [])
            gaps.append(set(range(max(seen + 1, version - MAX_GAPS), version)))
            if len(gaps) > MAX_GAPS:
                gaps.pop(0)
                counters.add("gaps_closed", "forgotten")
        elif room in self._open:
            for gap in self._open[room]:
                gap.discard(version)
            self._close(room, "late", [gap for gap in self._open[room] if gap])

    def misses(self, room: str, version: int) -> bool:
        """Whether any change up to that version is missing, though later ones arrived."""
        return any(min(gap) <= version for gap in self._open.get(room, ()))

    def lost(self) -> None:
        """The database has a change after the last one received; the beat that found it notifies the pages."""
        counters.add("gaps_seen")
        counters.add("gaps_closed", "beat")

    def announced(self, room: str, version: int) -> None:
        """Pages are told the room's version, so that each one that misses something asks for it."""
        if room in self._open:
            self._close(room, "beat", [gap for gap in self._open[room] if max(gap) > version])

    def keep(self, rooms: Container[str]) -> None:
        """Close the gaps of all other rooms, which have no subscribers here any more."""
        for room in [room for room in self._open if room not in rooms]:
            self._close(room, "left", [])

    def _close(self, room: str, how: str, left: list[set[int]]) -> None:
        closed = len(self._open[room]) - len(left)
        if closed:
            counters.add("gaps_closed", how, closed)
        if left:
            self._open[room] = left
        else:
            del self._open[room]
