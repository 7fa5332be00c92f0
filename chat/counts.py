"""What this process counts as it works: plain numbers, kept here until somebody asks for them.

A count takes a fraction of a microsecond, and there is one for a frame, however many sockets it goes to. Nothing is written
from here: ``live/recording.py`` keeps a row each minute, and a deployment may show them as it likes.
"""

import os
import secrets
import socket
from collections import Counter
from dataclasses import dataclass
from threading import Lock

from chat.figures import LEVELS, MILLION, bucket, name

# Another one after each start, also where the container's name and the process' number come again.
PROCESS = f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(4)}"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """``highest`` are the levels' highest since the process began, ``lately`` those since ``forget_highest``."""

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


class Counts:
    """Since the process began. From any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.clear()

    def clear(self) -> None:
        self._counted: Counter[str] = Counter()
        self._levels = dict.fromkeys(LEVELS, 0)
        self._highest = dict.fromkeys(LEVELS, 0)
        self._lately = dict.fromkeys(LEVELS, 0)

    def add(self, figure: str, label: str = "", by: int = 1) -> None:
        key = name(figure, label)
        with self._lock:
            self._counted[key] += by

    def observe(self, histogram: str, value: float, label: str = "") -> None:
        """``value`` in the histogram's own unit: seconds, mostly."""
        key, total = bucket(histogram, label, value), f"{name(histogram, label)}+"
        with self._lock:
            self._counted[key] += 1
            self._counted[total] += round(value * MILLION)

    def level(self, figure: str, value: int) -> None:
        with self._lock:
            self._levels[figure] = value
            self._highest[figure] = max(self._highest[figure], value)
            self._lately[figure] = max(self._lately[figure], value)

    def take(self) -> Snapshot:
        """How it all stands."""
        with self._lock:
            return Snapshot(self._counted.copy(), dict(self._levels), dict(self._highest), dict(self._lately))

    def forget_highest(self) -> None:
        """The highest levels of lately are from now on what they are now."""
        with self._lock:
            self._lately = dict(self._levels)


def _peaks(levels: dict[str, int]) -> dict[str, int]:
    return {f"{level}^": value for level, value in levels.items()}


counts = Counts()
