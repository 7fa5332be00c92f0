"""Publishes events to the channel layer: after the commit, bounded in time, never fatal."""

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

from chat.events.envelope import Envelope, checked, to_layer_message
from chat.events.message_parts import load_message_parts
from chat.events.subscribers import notify
from chat.events.types import Event, MessageChanged, MessagePosted
from chat.monitoring.counters import PROCESS, counters
from chat.monitoring.outage import Outage

GROUP = "chat"
PATIENCE = 1.0  # seconds; after that the request is answered without waiting for the publish

logger = logging.getLogger(__name__)


class Batch(list[Envelope]):
    """Envelopes published together. ``committed``: the time of the first commit, on the monotonic clock."""

    committed = 0.0

    def add(self, envelopes: list[Envelope], committed: float) -> None:
        self.committed = self.committed or committed
        self.extend(map(checked, envelopes))


_outage = Outage(
    logger, "publishing fails; heartbeats deliver until it works again", "publishing works again"
)
_collected: ContextVar[Batch | None] = ContextVar("collected", default=None)


def publish(*events: Event) -> None:
    """Send events to every process after the commit (at once without a transaction).

    A committed change has succeeded, whatever the layer does: the next beat finds a lost publish.
    """
    if events:
        transaction.on_commit(partial(_send, events), robust=True)


async def apublish(*events: Event) -> None:
    """Publish from the event loop, outside of transactions: at once."""
    batch = Batch()
    batch.add([event.to_envelope() for event in events], time.monotonic())
    await _hand_over(batch)


@contextmanager
def publish_per_commit() -> Iterator[None]:
    """Publish each commit in this block on its own, instead of all at the end of ``run_and_publish``: for many
    transactions.
    """
    token = _collected.set(None)
    try:
        yield
    finally:
        _collected.reset(token)


async def run_and_publish[T](run: Callable[[Callable[[], T]], Awaitable[T]], act: Callable[[], T]) -> T:
    """Await ``run(act)`` off the event loop, then publish the events of ``act`` from here, without a bridge from its
    thread.

    Always finishes, even if the caller is cancelled before the commit is published.
    """
    batch = Batch()

    def collecting() -> T:
        token = _collected.set(batch)
        try:
            return act()
        finally:
            _collected.reset(token)

    async def both() -> T:
        try:
            return await run(collecting)
        finally:
            await _hand_over(batch)

    return await asyncio.shield(both())


def _send(events: tuple[Event, ...]) -> None:
    committed = time.monotonic()
    _load_parts(events)
    envelopes = [event.to_envelope() for event in events]
    collecting = _collected.get()
    batch = Batch() if collecting is None else collecting
    batch.add(envelopes, committed)
    if collecting is None:
        async_to_sync(_hand_over)(batch)
    notify(events)


def _load_parts(events: tuple[Event, ...]) -> None:
    """For the messages of all these events at once, so that none asks the database when it renders itself."""
    changed = [event for event in events if isinstance(event, MessageChanged)]
    for posted in (True, False):
        of_kind = (event for event in changed if isinstance(event, MessagePosted) is posted)
        load_message_parts([event.message for event in of_kind], posted=posted)


async def _hand_over(batch: Batch) -> None:
    """Send to the channel layer. Never raises: Redis' client has many errors, and none may make a stored message fail."""
    layer = get_channel_layer()
    if layer is None or not batch:
        return
    published = time.monotonic()
    counters.observe("publish", published - batch.committed)
    counters.add("publishes")
    try:
        async with asyncio.timeout(PATIENCE):
            await layer.group_send(GROUP, {**to_layer_message(list(batch)), "by": PROCESS, "at": published})
    except Exception as error:
        counters.add("errors", "publish")
        _outage.failed(error)
    else:
        _outage.worked()
