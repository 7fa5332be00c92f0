"""What time it is in the place: the database's time, as the machines that share it may have others.

Statements that can ask it do (``Now()``). What is decided without one asks here: this process' clock and what it is off by,
which ``jobs/recorder.py`` has measured anew every ten seconds. Until it was measured, and on SQLite, the two are one.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

NOTICED = 2.0  # seconds; what is less may be the way to the database and back

logger = logging.getLogger(__name__)


class Clock:
    """``behind``: how many seconds this process' clock is behind the database's."""

    def __init__(self) -> None:
        self.behind = 0.0

    def now(self) -> datetime:
        return timezone.now() + timedelta(seconds=self.behind)

    def seconds(self) -> float:
        """Since 1970."""
        return time.time() + self.behind

    def measure(self) -> None:
        """Ask the database. Raises what it raises. Two queries, on PostgreSQL."""
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
    """By how many seconds another clock is ahead of ours, and how many the asking took.

    Asked twice, as the first time may include connecting; what is left of the way is halved.
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
