"""Counters of this process: plain numbers, held in memory.

Counting takes a fraction of a microsecond, and happens once per frame, however many sockets it goes to. Nothing is
written from here: ``jobs/recorder.py`` stores a row each minute, and a deployment may export them in its own way.
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

# Unique per start, even if the container's name and the process id repeat.
PROCESS = f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(4)}"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """``peaks`` are the gauges' peaks since the process started, ``recent_peaks`` those since ``reset_peaks``."""

    counted: Counter[str]
    levels: dict[str, int]
    peaks: dict[str, int]
    recent_peaks: dict[str, int]

    @property
    def values(self) -> Counter[str]:
        """Since the process started."""
        return Counter({**self.counted, **self.levels, **_as_peaks(self.peaks)})

    def since(self, before: "Snapshot") -> Counter[str]:
        """Counts since that snapshot, without zeros, and the current gauges with their recent peaks."""
        counted = {key: number - before.counted[key] for key, number in self.counted.items()}
        return +Counter({**counted, **self.levels, **_as_peaks(self.recent_peaks)})


class Histogram:
    """``counted`` has one number per bucket (above the previous bound, up to its own), and one for values above all
    bounds.
    """

    __slots__ = ("bounds", "counted", "total")

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self.bounds = bounds
        self.counted = [0] * (len(bounds) + 1)
        self.total = 0.0


class Counters:
    """Counts since the process started. Thread-safe. Keys are tuples, and names are built only when values are read."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.clear()

    def clear(self) -> None:
        self._counters: dict[tuple[str, str], int] = defaultdict(int)
        self._histograms: dict[tuple[str, str], Histogram] = {}
        self._levels = dict.fromkeys(LEVELS, 0)
        self._peaks = dict.fromkeys(LEVELS, 0)
        self._recent_peaks = dict.fromkeys(LEVELS, 0)

    def add(self, metric: str, label: str = "", by: int = 1) -> None:
        with self._lock:
            self._counters[metric, label] += by

    def observe(self, histogram: str, value: float, label: str = "") -> None:
        """``value`` is in the histogram's own unit, mostly seconds."""
        with self._lock:
            found = self._histograms.get((histogram, label))
            if found is None:
                found = self._histograms[histogram, label] = Histogram(bounds(histogram))
            found.counted[bisect_left(found.bounds, value)] += 1
            found.total += value

    def level(self, metric: str, value: int) -> None:
        with self._lock:
            self._levels[metric] = value
            self._peaks[metric] = max(self._peaks[metric], value)
            self._recent_peaks[metric] = max(self._recent_peaks[metric], value)

    def take(self) -> Snapshot:
        """A snapshot of all values."""
        with self._lock:
            counted = Counter({name(*key): number for key, number in self._counters.items()})
            for key, histogram in self._histograms.items():
                counted[f"{name(*key)}+"] = round(histogram.total * MILLION)
                names = (f"{name(*key)}<={bound}" for bound in (*histogram.bounds, inf))
                counted.update(dict(zip(names, histogram.counted, strict=True)))
            return Snapshot(counted, dict(self._levels), dict(self._peaks), dict(self._recent_peaks))

    def reset_peaks(self) -> None:
        """Start the recent peaks again from the current gauges."""
        with self._lock:
            self._recent_peaks = dict(self._levels)


def _as_peaks(levels: dict[str, int]) -> dict[str, int]:
    return {f"{level}^": value for level, value in levels.items()}


counters = Counters()
