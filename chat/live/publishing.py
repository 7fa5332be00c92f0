"""The one place that hands events to the channel layer: after the commit, bounded in time, never fatal."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

from chat.counts import PROCESS, counts
from chat.live.events import Event
from chat.live.rendering import Told, as_layer_message, tell
from chat.outage import Outage

GROUP = "chat"
PATIENCE = 1.0  # seconds that a publish may take before the answer to the writer goes out without it

logger = logging.getLogger(__name__)


class Batch(list[Told]):
    """What is to be told. ``committed``: when the first of it was, on the monotonic clock."""

    committed = 0.0

    def add(self, told: list[Told], committed: float) -> None:
        self.committed = self.committed or committed
        self.extend(told)


_outage = Outage(logger, "publishing fails; until it works again, beats repair it", "publishing works again")
_collected: ContextVar[Batch | None] = ContextVar("collected", default=None)


def publish(*events: Event) -> None:
    """Tell every process once this transaction has committed (at once, if there is none).

    What is committed has succeeded, whatever the layer does: a lost publish is found by the next beat.
    """
    if events:
        transaction.on_commit(partial(_send, events), robust=True)


@contextmanager
def at_once() -> Iterator[None]:
    """What is committed in here is told then, and not at the end of ``telling``: for work in many transactions."""
    token = _collected.set(None)
    try:
        yield
    finally:
        _collected.reset(token)


async def telling[T](work: Callable[[Callable[[], T]], Awaitable[T]], act: Callable[[], T]) -> T:
    """``work(act)`` off the event loop; what ``act`` publishes goes out from here, without a bridge from its thread.

    Finished in any case: whoever awaits it may be gone before the commit is told.
    """
    told = Batch()

    def collecting() -> T:
        token = _collected.set(told)
        try:
            return act()
        finally:
            _collected.reset(token)

    async def both() -> T:
        try:
            return await work(collecting)
        finally:
            await _hand_over(told)

    return await asyncio.shield(both())


def _send(events: tuple[Event, ...]) -> None:
    committed = time.monotonic()
    told = [tell(event) for event in events]
    collecting = _collected.get()
    batch = Batch() if collecting is None else collecting
    batch.add(told, committed)
    if collecting is None:
        async_to_sync(_hand_over)(batch)


async def _hand_over(told: Batch) -> None:
    """To the channel layer. Never raises: Redis' client has many errors, and none may turn a kept message into one."""
    layer = get_channel_layer()
    if layer is None or not told:
        return
    published = time.monotonic()
    counts.observe("publish", published - told.committed)
    counts.add("publishes")
    try:
        async with asyncio.timeout(PATIENCE):
            await layer.group_send(GROUP, {**as_layer_message(list(told)), "by": PROCESS, "at": published})
    except Exception as error:
        counts.add("errors", "publish")
        _outage.failed(error)
    else:
        _outage.worked()
