"""Changes that this process did not hear while it heard later ones: noticed, and followed to their end."""

from collections.abc import Container

from chat.monitoring.counters import counters

MOST = 100  # of one room, and versions of one gap; a layer that loses more than that is counted roughly


class Gaps:
    """By room, the versions that each gap misses. Publishes overtake each other, so most end within milliseconds."""

    def __init__(self) -> None:
        self._open: dict[str, list[set[int]]] = {}

    def heard(self, room: str, version: int, seen: int | None) -> None:
        """A change of the room; before, the highest one was ``seen``, or None if nobody knows."""
        if seen is not None and version > seen + 1:
            counters.add("gaps_seen")
            gaps = self._open.setdefault(room, [])
            gaps.append(set(range(max(seen + 1, version - MOST), version)))
            if len(gaps) > MOST:
                gaps.pop(0)
                counters.add("gaps_closed", "forgotten")
        elif room in self._open:
            for gap in self._open[room]:
                gap.discard(version)
            self._close(room, "late", [gap for gap in self._open[room] if gap])

    def misses(self, room: str, version: int) -> bool:
        """Whether anything up to that version was not heard, though later ones were."""
        return any(min(gap) <= version for gap in self._open.get(room, ()))

    def lost(self) -> None:
        """The database has a change after all that was heard; who asked it tells the screens."""
        counters.add("gaps_seen")
        counters.add("gaps_closed", "beat")

    def announced(self, room: str, version: int) -> None:
        """Screens are told that the room stands there, so that each which misses something asks."""
        if room in self._open:
            self._close(room, "beat", [gap for gap in self._open[room] if max(gap) > version])

    def keep(self, rooms: Container[str]) -> None:
        """Of other rooms nobody here misses anything any more."""
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
