"""The workspace's time: the database's, because the clocks of several machines may differ.

Statements use the database's clock where they can (``Now()``). Decisions without a query ask here: this process's clock
plus its offset, which ``jobs/recorder.py`` measures every ten seconds. Until the first measurement, and on SQLite, the
offset is zero.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

NOTICED = 2.0  # seconds; a smaller offset may be the round trip to the database

logger = logging.getLogger(__name__)


class Clock:
    """``behind``: how many seconds this process's clock is behind the database's."""

    def __init__(self) -> None:
        self.behind = 0.0

    def now(self) -> datetime:
        return timezone.now() + timedelta(seconds=self.behind)

    def seconds(self) -> float:
        """Seconds since 1970."""
        return time.time() + self.behind

    def measure(self) -> None:
        """Measure the offset. Raises database errors. Two queries, on PostgreSQL."""
        if connection.vendor != "postgresql":
            return
        off, _ = ahead(_asked)
        if abs(off) < NOTICED:
            self.behind = 0.0
        elif abs(off - self.behind) >= NOTICED:
            logger.warning(
                "this clock is %.0f s %s the database's, which is used; set it right, sign-in codes depend on it",
                abs(off),
                "behind" if off > 0 else "ahead of",
            )
            self.behind = off


clock = Clock()


def ahead(ask: Callable[[], float]) -> tuple[float, float]:
    """Returns by how many seconds another clock is ahead of ours, and how many seconds asking took.

    Asks twice, because the first call may include connecting. Assumes that the reply took half of the round trip.
    """
    ask()
    before = time.time()
    theirs = ask()
    after = time.time()
    return theirs - (before + after) / 2, after - before


def _asked() -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        return float(cursor.fetchone()[0])
