"""One task per process that stores its counters: a row per minute, updated every ten seconds. Nothing waits for it.

It also starts the retention job each hour.
"""

import asyncio
import logging
import time
from datetime import datetime, timedelta

from chat.actions import record, roll_up
from chat.actions.recording import GRACE
from chat.db.clock import clock
from chat.jobs.retention_job import RetentionJob
from chat.monitoring.counters import PROCESS, counters
from chat.runtime.executors import run_in_thread
from chat.runtime.per_loop import PerLoop

TICK = 10.0  # seconds, aligned to the clock

logger = logging.getLogger(__name__)


class Recorder:
    """Records the current minute. What could not be written is included in the next row."""

    def __init__(self) -> None:
        self._minute = _minute(clock.now())
        self._before = counters.take()
        self._rolled_up: datetime | None = None
        self._retention = RetentionJob()
        counters.reset_peaks()
        self._task = asyncio.create_task(self._run())

    async def write(self, now: datetime) -> None:
        """Store the counts since the minute began, and start the next minute if it is over. Raises database errors."""
        taken = counters.take()
        await run_in_thread(record, self._minute, PROCESS, taken.since(self._before))
        if _minute(now) != self._minute:
            self._minute, self._before = _minute(now), taken
            counters.reset_peaks()
        hour = (now - GRACE).replace(minute=0, second=0, microsecond=0)
        if hour != self._rolled_up:
            await run_in_thread(roll_up, now)
            self._rolled_up = hour
            self._retention.begin()

    async def end(self) -> None:
        """The process is about to end: store its last counts."""
        self._task.cancel()
        await self._write_or_log()
        await self._retention.end()

    async def _run(self) -> None:
        await self._set_clock()
        while True:
            await asyncio.sleep(TICK - time.time() % TICK)
            await self._set_clock()
            await self._write_or_log()

    async def _set_clock(self) -> None:
        try:
            await run_in_thread(clock.measure)
        except Exception:  # the database is unavailable; the offset stays as it is
            logger.debug("the database clock could not be read", exc_info=True)

    async def _write_or_log(self) -> None:
        try:
            await self.write(clock.now())
        except Exception:  # the database is unavailable; counting continues
            logger.warning(
                "the metrics of this minute could not be stored; the next write retries", exc_info=True
            )


def _minute(at: datetime) -> datetime:
    return at - timedelta(seconds=at.second, microseconds=at.microsecond)


current_recorder = PerLoop(Recorder)
