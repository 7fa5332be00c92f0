"""Each hour: what rooms do not keep any longer is forgotten, and then emptied, batch by batch."""

import asyncio
import logging

from chat.actions import empty_some, expire_due
from chat.events.publishing import run_and_publish
from chat.runtime.executors import run_in_thread

PATIENCE = 2.0  # seconds for what is under way, when the process ends

logger = logging.getLogger(__name__)


class RetentionJob:
    """One turn at a time, beside everything else. The next one goes on where one was cut short."""

    def __init__(self) -> None:
        self._turn: asyncio.Task[None] | None = None
        self._ending = False

    def begin(self) -> None:
        """A turn, unless one is under way."""
        if self._turn is None or self._turn.done():
            self._turn = asyncio.create_task(self._run())

    async def end(self) -> None:
        """The process is about to."""
        self._ending = True
        await self.rest(PATIENCE)

    async def rest(self, within: float | None = None) -> None:
        """Wait for the turn that is under way, at most so many seconds."""
        if self._turn is not None:
            await asyncio.wait({self._turn}, timeout=within)

    async def _run(self) -> None:
        try:
            while not self._ending and await run_and_publish(run_in_thread, expire_due):
                pass
            while not self._ending and await run_in_thread(empty_some):
                pass
        except Exception:  # without a database for a while
            logger.warning("old messages could not be deleted; the next run retries", exc_info=True)
