"""The hourly retention job: expire old messages, then empty their rows in batches."""

import asyncio
import logging

from chat.actions import empty_some, expire_due
from chat.events.publishing import run_and_publish
from chat.runtime.executors import run_in_thread

PATIENCE = 2.0  # seconds to wait for the current run when the process ends

logger = logging.getLogger(__name__)


class RetentionJob:
    """One run at a time, in the background. The next run continues where one was interrupted."""

    def __init__(self) -> None:
        self._turn: asyncio.Task[None] | None = None
        self._ending = False

    def begin(self) -> None:
        """Start a run, unless one is in progress."""
        if self._turn is None or self._turn.done():
            self._turn = asyncio.create_task(self._run())

    async def end(self) -> None:
        """The process is about to end."""
        self._ending = True
        await self.rest(PATIENCE)

    async def rest(self, within: float | None = None) -> None:
        """Wait for the current run, at most this many seconds."""
        if self._turn is not None:
            await asyncio.wait({self._turn}, timeout=within)

    async def _run(self) -> None:
        try:
            while not self._ending and await run_and_publish(run_in_thread, expire_due):
                pass
            while not self._ending and await run_in_thread(empty_some):
                pass
        except Exception:  # the database is unavailable
            logger.warning("old messages could not be deleted; the next run retries", exc_info=True)
