"""Commits posts that arrive during a commit together: a single post does not wait, and a thousand cost little."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from functools import partial
from weakref import WeakValueDictionary

from chat.actions import Posted, Posting, post_messages, rendered
from chat.db.availability import transient
from chat.errors import ChatError
from chat.events.publishing import run_and_publish
from chat.monitoring.counters import counters
from chat.runtime.executors import WRITES
from chat.runtime.per_loop import PerLoop

FAST_RENDERED = 1000  # characters without code: longer text, and code, may take a third of a second
RENDERERS = 2
MAX_BATCH = 100  # so that one commit never locks its rooms for long

logger = logging.getLogger(__name__)


class PostBatcher:
    """All posts of a process's sockets. An error of one does not affect the others.

    Text that may be slow to render is rendered before it joins the batch, one at a time per person.
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[Posting, asyncio.Future[Posted | ChatError]]] = []
        self._working: asyncio.Task[None] | None = None
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._renderers = ThreadPoolExecutor(RENDERERS, thread_name_prefix="chat-render")

    async def post(self, posting: Posting) -> Posted:
        """Like ``actions.post_message``. Raises ChatError, or what the database raises."""
        answer: asyncio.Future[Posted | ChatError] = asyncio.get_running_loop().create_future()
        async with self._turns.setdefault(posting.person.pk, asyncio.Lock()):  # keeps each person's order
            if len(posting.body) > FAST_RENDERED or "```" in posting.body or "~~~" in posting.body:
                posting = await asyncio.get_running_loop().run_in_executor(self._renderers, rendered, posting)
            self._waiting.append((posting, answer))
        if self._working is None:
            self._working = asyncio.create_task(self._work(), context=Context())  # for many senders
        outcome = await answer
        if isinstance(outcome, ChatError):
            raise outcome
        return outcome

    async def _work(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:MAX_BATCH], self._waiting[MAX_BATCH:]
                await self._commit(batch)
        finally:
            self._working = None

    async def _commit(self, batch: list[tuple[Posting, asyncio.Future[Posted | ChatError]]]) -> None:
        try:
            outcomes = await write(post_messages, [posting for posting, _ in batch])
        except Exception as error:  # whatever the error, each sender is told that it failed, and retries
            # One of them is at fault, and must not spoil the others.
            if transient(error) is None and len(batch) > 1:
                for one in batch:
                    await self._commit([one])
                return
            if transient(error):  # other errors are logged per sender, with person and room
                logger.warning(
                    "messages could not be stored (%d); their pages retry", len(batch), exc_info=True
                )
            for _, answer in batch:
                if not answer.done():
                    answer.set_exception(error)
            return
        counters.observe("batch", len(batch))
        for (_, answer), outcome in zip(batch, outcomes, strict=True):
            if not answer.done():  # its socket is gone; the message is stored all the same
                answer.set_result(outcome)


async def write[**P, T](action: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run an action off the event loop."""
    return await run_and_publish(WRITES.run, partial(action, *args, **kwargs))


current_post_batcher = PerLoop(PostBatcher)
