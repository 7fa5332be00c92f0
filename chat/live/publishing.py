"""The one place that hands events to the channel layer: after the commit, bounded in time, never fatal."""

import asyncio
import logging
from functools import partial

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

from chat.live.events import Event
from chat.live.rendering import Told, as_layer_message, tell

GROUP = "chat"
PATIENCE = 1.0  # seconds that a publish may take before the answer to the writer goes out without it

logger = logging.getLogger(__name__)


def publish(*events: Event) -> None:
    """Tell every process once this transaction has committed (at once, if there is none).

    What is committed has succeeded, whatever the layer does: a lost publish is found by the next beat.
    """
    transaction.on_commit(partial(_send, events), robust=True)


def _send(events: tuple[Event, ...]) -> None:
    told = [tell(event) for event in events]
    try:
        async_to_sync(_hand_over)(told)
    except Exception:
        # Redis' client raises many kinds, and none of them may turn a kept message into an error.
        logger.warning("publish failed; the next beat repairs it", exc_info=True)


async def _hand_over(told: list[Told]) -> None:
    layer = get_channel_layer()
    if layer is not None:
        async with asyncio.timeout(PATIENCE):
            await layer.group_send(GROUP, as_layer_message(told))
