"""One task per process that keeps what it counts, a row a minute, written anew every ten seconds. Nothing waits for it."""

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connections

from chat.actions import record, roll_up
from chat.actions.recording import GRACE
from chat.clock import clock
from chat.counts import PROCESS, counts
from chat.live.loops import PerLoop

TICK = 10.0  # seconds, on the tens of the clock

logger = logging.getLogger(__name__)


class Recording:
    """Of the minute that is now. What could not be written is in the next row."""

    def __init__(self) -> None:
        self._minute = _minute(clock.now())
        self._before = counts.take()
        self._rolled_up: datetime | None = None
        counts.forget_highest()
        self._task = asyncio.create_task(self._for_ever())

    async def write(self, now: datetime) -> None:
        """What was counted since the minute began. If it is over, another one begins. Raises what the database raises."""
        taken = counts.take()
        await asyncio.to_thread(_alone, record, self._minute, PROCESS, taken.since(self._before))
        if _minute(now) != self._minute:
            self._minute, self._before = _minute(now), taken
            counts.forget_highest()
        hour = (now - GRACE).replace(minute=0, second=0, microsecond=0)
        if hour != self._rolled_up:
            await asyncio.to_thread(_alone, roll_up, now)
            self._rolled_up = hour

    async def end(self) -> None:
        """The process is about to: what it counted last is kept too."""
        self._task.cancel()
        await self._softly()

    async def _for_ever(self) -> None:
        await self._set_clock()
        while True:
            await asyncio.sleep(TICK - time.time() % TICK)
            await self._set_clock()
            await self._softly()

    async def _set_clock(self) -> None:
        try:
            await asyncio.to_thread(_alone, clock.measure)
        except Exception:  # without a database for a while; it is off by as much as before
            logger.debug("nobody says what time it is", exc_info=True)

    async def _softly(self) -> None:
        try:
            await self.write(clock.now())
        except Exception:  # without a database for a while; counting goes on
            logger.warning(
                "the figures of this minute could not be kept; the next try has them", exc_info=True
            )


def _minute(at: datetime) -> datetime:
    return at - timedelta(seconds=at.second, microseconds=at.microsecond)


def _alone[**P](work: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
    """With a database connection of its own, given back at once: six times a minute is not worth keeping one."""
    try:
        work(*args, **kwargs)
    finally:
        connections.close_all()


current_recording = PerLoop(Recording)
