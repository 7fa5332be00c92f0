"""The one place that hands events to the channel layer: after the commit, bounded in time, never fatal."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

from chat.live.events import Event
from chat.live.rendering import Told, as_layer_message, tell

GROUP = "chat"
PATIENCE = 1.0  # seconds that a publish may take before the answer to the writer goes out without it

logger = logging.getLogger(__name__)

_collected: ContextVar[list[Told] | None] = ContextVar("collected", default=None)


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
    told: list[Told] = []

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
    told = [tell(event) for event in events]
    collecting = _collected.get()
    if collecting is None:
        async_to_sync(_hand_over)(told)
    else:
        collecting += told


async def _hand_over(told: list[Told]) -> None:
    """To the channel layer. Never raises: Redis' client has many errors, and none may turn a kept message into one."""
    layer = get_channel_layer()
    if layer is None or not told:
        return
    try:
        async with asyncio.timeout(PATIENCE):
            await layer.group_send(GROUP, as_layer_message(told))
    except Exception:
        logger.warning("publish failed; the next beat repairs it", exc_info=True)
