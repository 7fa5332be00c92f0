"""Background tasks of the hub: references are held until they are done, and failures are logged."""

import asyncio
import logging
from collections.abc import Coroutine

from chat.monitoring.counters import counters

logger = logging.getLogger(__name__)


class Tasks:
    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._finished)

    async def done(self) -> None:
        """Wait until no task is running."""
        while self._running:
            await asyncio.wait(self._running)

    async def cancel(self) -> None:
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and task.exception() is not None:
            counters.add("errors", "hub")
            logger.warning("a hub query failed; the next heartbeat retries", exc_info=task.exception())
