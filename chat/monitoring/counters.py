"""What this process counts as it works: plain numbers, kept here until somebody asks for them.

A count takes a fraction of a microsecond, and there is one for a frame, however many sockets it goes to. Nothing is written
from here: ``jobs/recorder.py`` keeps a row each minute, and a deployment may show them as it likes.
"""

import os
import secrets
import socket
from bisect import bisect_left
from collections import Counter, defaultdict
from dataclasses import dataclass
from math import inf
from threading import Lock

from chat.monitoring.metrics import LEVELS, MILLION, bounds, name

# Another one after each start, also where the container's name and the process' number come again.
PROCESS = f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(4)}"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """``highest`` are the levels' highest since the process began, ``lately`` those since ``reset_peaks``."""

    counted: Counter[str]
    levels: dict[str, int]
    highest: dict[str, int]
    lately: dict[str, int]

    @property
    def figures(self) -> Counter[str]:
        """Since the process began."""
        return Counter({**self.counted, **self.levels, **_peaks(self.highest)})

    def since(self, before: "Snapshot") -> Counter[str]:
        """What was counted since then, without what is nought, and the levels of lately."""
        counted = {key: number - before.counted[key] for key, number in self.counted.items()}
        return +Counter({**counted, **self.levels, **_peaks(self.lately)})


class Histogram:
    """``counted`` has a place for what is up to each bound, and above the one before it, and one for what is above all."""

    __slots__ = ("bounds", "counted", "total")

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self.bounds = bounds
        self.counted = [0] * (len(bounds) + 1)
        self.total = 0.0


class Counters:
    """Since the process began. From any thread. What is looked up is kept ready; names are made when somebody asks."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.clear()

    def clear(self) -> None:
        self._counters: dict[tuple[str, str], int] = defaultdict(int)
        self._histograms: dict[tuple[str, str], Histogram] = {}
        self._levels = dict.fromkeys(LEVELS, 0)
        self._highest = dict.fromkeys(LEVELS, 0)
        self._lately = dict.fromkeys(LEVELS, 0)

    def add(self, figure: str, label: str = "", by: int = 1) -> None:
        with self._lock:
            self._counters[figure, label] += by

    def observe(self, histogram: str, value: float, label: str = "") -> None:
        """``value`` in the histogram's own unit: seconds, mostly."""
        with self._lock:
            found = self._histograms.get((histogram, label))
            if found is None:
                found = self._histograms[histogram, label] = Histogram(bounds(histogram))
            found.counted[bisect_left(found.bounds, value)] += 1
            found.total += value

    def level(self, figure: str, value: int) -> None:
        with self._lock:
            self._levels[figure] = value
            self._highest[figure] = max(self._highest[figure], value)
            self._lately[figure] = max(self._lately[figure], value)

    def take(self) -> Snapshot:
        """How it all stands."""
        with self._lock:
            counted = Counter({name(*key): number for key, number in self._counters.items()})
            for key, histogram in self._histograms.items():
                counted[f"{name(*key)}+"] = round(histogram.total * MILLION)
                names = (f"{name(*key)}<={bound}" for bound in (*histogram.bounds, inf))
                counted.update(dict(zip(names, histogram.counted, strict=True)))
            return Snapshot(counted, dict(self._levels), dict(self._highest), dict(self._lately))

    def reset_peaks(self) -> None:
        """The highest levels of lately are from now on what they are now."""
        with self._lock:
            self._lately = dict(self._levels)


def _peaks(levels: dict[str, int]) -> dict[str, int]:
    return {f"{level}^": value for level, value in levels.items()}


counters = Counters()
