"""A progress bar for long commands. Shown only on a terminal."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import batched
from typing import Self

WIDTH = 30
EVERY = 0.1  # seconds
STRIDE = 500


def counted[T](items: Iterable[T], step: Callable[[int], object]) -> Iterator[T]:
    """Yield the items, and call ``step`` with the count after every few hundred."""
    for some in batched(items, STRIDE, strict=False):
        yield from some
        step(len(some))


class Bar:
    """``total`` is None if the number of items is unknown."""

    def __init__(self, title: str, total: int | None, *, quiet: bool = False) -> None:
        self._title, self._total, self._done = title, total, 0
        self._shown = sys.stderr.isatty() and not quiet
        self._begun = self._drawn = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown:
            self._draw()
            sys.stderr.write("\n")

    def step(self, count: int = 1) -> None:
        self._done += count
        if self._shown and time.monotonic() - self._drawn > EVERY:
            self._draw()

    def _draw(self) -> None:
        self._drawn = time.monotonic()
        rate = self._done / max(self._drawn - self._begun, 0.001)
        share = min(self._done / self._total, 1) if self._total else 0
        bar = f"[{'#' * int(share * WIDTH):<{WIDTH}}] {share:4.0%} " if self._total else ""
        sys.stderr.write(f"\r{self._title} {bar}{self._done:,} ({rate:,.0f} a second) ")
        sys.stderr.flush()
