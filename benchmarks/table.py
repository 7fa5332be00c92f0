"""The results."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Self

from benchmarks.populated import cpu_seconds


@dataclass
class Table:
    """Figures by name. ``busy`` is the highest load of the load generator while something was timed."""

    figures: dict[str, float] = field(default_factory=dict)
    busy: float = 0.0

    def add(self, name: str, figure: float, unit: str = "", note: str = "") -> None:
        self.figures[name] = figure
        shown = f"{figure:,.2f}" if figure < 100 else f"{figure:,.0f}"
        print(f"  {name:<74} {shown:>9} {unit:<5} {note}", flush=True)

    def ratio(self, name: str, above: str, below: str) -> None:
        if above in self.figures and below in self.figures:
            self.add(f"    {name}", self.figures[above] / self.figures[below], "times")

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Record whether the load generator itself was the limit."""
        wall, mine = time.perf_counter(), time.process_time()
        yield
        self.busy = max(self.busy, (time.process_time() - mine) / (time.perf_counter() - wall))


class Spent:
    """CPU seconds of some processes: ``with Spent(pid) as spent: ...``, then ``spent.seconds``."""

    def __init__(self, *pids: int) -> None:
        self.pids = pids
        self.seconds = 0.0
        self.wall = 0.0

    def __enter__(self) -> Self:
        self._began, self._clock = cpu_seconds(*self.pids), time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = cpu_seconds(*self.pids) - self._began
        self.wall = time.perf_counter() - self._clock
