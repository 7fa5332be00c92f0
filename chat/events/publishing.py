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

from chat.events.rendering import Envelope, to_envelope, to_layer_message
from chat.events.types import Event
from chat.monitoring.counters import PROCESS, counters
from chat.monitoring.outage import Outage

GROUP = "chat"
PATIENCE = 1.0  # seconds that a publish may take before the answer to the writer goes out without it

logger = logging.getLogger(__name__)


class Batch(list[Envelope]):
    """What is to be told. ``committed``: when the first of it was, on the monotonic clock."""

    committed = 0.0

    def add(self, envelope: list[Envelope], committed: float) -> None:
        self.committed = self.committed or committed
        self.extend(envelope)


_outage = Outage(logger, "publishing fails; until it works again, beats repair it", "publishing works again")
_collected: ContextVar[Batch | None] = ContextVar("collected", default=None)


def publish(*events: Event) -> None:
    """Tell every process once this transaction has committed (at once, if there is none).

    What is committed has succeeded, whatever the layer does: a lost publish is found by the next beat.
    """
    if events:
        transaction.on_commit(partial(_send, events), robust=True)


@contextmanager
def publish_per_commit() -> Iterator[None]:
    """What is committed in here is told then, and not at the end of ``run_and_publish``: for work in many transactions."""
    token = _collected.set(None)
    try:
        yield
    finally:
        _collected.reset(token)


async def run_and_publish[T](work: Callable[[Callable[[], T]], Awaitable[T]], act: Callable[[], T]) -> T:
    """``work(act)`` off the event loop; what ``act`` publishes goes out from here, without a bridge from its thread.

    Finished in any case: whoever awaits it may be gone before the commit is told.
    """
    envelope = Batch()

    def collecting() -> T:
        token = _collected.set(envelope)
        try:
            return act()
        finally:
            _collected.reset(token)

    async def both() -> T:
        try:
            return await work(collecting)
        finally:
            await _hand_over(envelope)

    return await asyncio.shield(both())


def _send(events: tuple[Event, ...]) -> None:
    committed = time.monotonic()
    envelope = [to_envelope(event) for event in events]
    collecting = _collected.get()
    batch = Batch() if collecting is None else collecting
    batch.add(envelope, committed)
    if collecting is None:
        async_to_sync(_hand_over)(batch)


async def _hand_over(envelope: Batch) -> None:
    """To the channel layer. Never raises: Redis' client has many errors, and none may turn a kept message into one."""
    layer = get_channel_layer()
    if layer is None or not envelope:
        return
    published = time.monotonic()
    counters.observe("publish", published - envelope.committed)
    counters.add("publishes")
    try:
        async with asyncio.timeout(PATIENCE):
            await layer.group_send(
                GROUP, {**to_layer_message(list(envelope)), "by": PROCESS, "at": published}
            )
    except Exception as error:
        counters.add("errors", "publish")
        _outage.failed(error)
    else:
        _outage.worked()
