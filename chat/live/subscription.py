"""The hub's subscription to the channel layer, and how it notices that nothing arrives any more."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextvars import Context
from typing import Any

from channels.layers import BaseChannelLayer, get_channel_layer

from chat.events.compatibility import from_older
from chat.events.envelope import Envelope
from chat.events.publishing import GROUP
from chat.monitoring.counters import PROCESS, counters

ECHO_SECONDS = 2.0

logger = logging.getLogger(__name__)


class LayerSubscription:
    """Receives for the hub, and sends itself an echo every two seconds.

    A layer that restarts silently loses messages, which a missing echo reveals. Until echoes return, the hub reads the
    database at each tick instead (``repair``), and once more when they do.
    """

    def __init__(self, deliver: Callable[[Envelope], None], repair: Callable[[], Awaitable[None]]) -> None:
        self.layer_down = False
        self._deliver = deliver
        self._repair = repair
        self._opening = asyncio.Lock()  # two sockets that open at once must not subscribe twice
        self._layer: BaseChannelLayer | None = None
        self._channel = ""
        self._tasks: list[asyncio.Task[None]] = []
        self._sent = 0
        self._sent_at = 0.0
        self._returned = 0

    async def open(self) -> None:
        """Subscribe, once. Without the layer the hub still works, from the database."""
        async with self._opening:
            if self._tasks:
                return
            self._layer = get_channel_layer()
            if self._layer is not None:
                await self._subscribe(self._layer)
                self._tasks = [
                    asyncio.create_task(work, context=Context())  # not in the first socket's context
                    for work in (self._receive(self._layer), self._echo(self._layer))
                ]

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._layer is not None and self._channel:
            await self._layer.group_discard(GROUP, self._channel)

    async def _subscribe(self, layer: BaseChannelLayer) -> None:
        try:
            async with asyncio.timeout(ECHO_SECONDS):
                if not self._channel:
                    self._channel = await layer.new_channel()
                await layer.group_add(GROUP, self._channel)
        except Exception:  # Redis' client raises many kinds of errors; the echo loop retries
            logger.warning("the channel layer is down; polling the database instead", exc_info=True)
            self._set_layer_down(True)

    async def _receive(self, layer: BaseChannelLayer) -> None:
        while True:
            if not self._channel:
                await asyncio.sleep(ECHO_SECONDS)
                continue
            try:
                message = await layer.receive(self._channel)
                if message["type"] == "chat.echo":
                    self._echoed(message["number"])
                    continue
                published = message["at"] if message.get("by") == PROCESS else None
                for data in message["told"]:
                    self._take(data, published)
            except Exception:  # neither a bad message nor a fault of the layer may end the loop
                logger.warning("a channel layer message could not be processed", exc_info=True)
                await asyncio.sleep(0.1)

    def _take(self, data: Any, published: float | None) -> None:
        """A malformed envelope must not take the others of its message with it: one may end a session."""
        try:
            envelope = data if "topic" in data else from_older(data)
            if envelope is None:
                return
            if published is not None:
                envelope["published"] = published
            self._deliver(envelope)
        except Exception:  # whatever another release, or whoever writes into the layer, has sent
            logger.warning("an envelope could not be processed", exc_info=True)

    def _echoed(self, number: int) -> None:
        if number == self._sent:
            counters.observe("echo", time.monotonic() - self._sent_at)
        self._returned = max(self._returned, number)

    def _set_layer_down(self, layer_down: bool) -> None:
        if layer_down and not self.layer_down:
            counters.add("errors", "layer")
        self.layer_down = layer_down
        counters.level("deaf", int(layer_down))

    async def _echo(self, layer: BaseChannelLayer) -> None:
        while True:
            await self._send_echo(layer)
            await asyncio.sleep(ECHO_SECONDS)
            heard = self._returned == self._sent
            if heard and not self.layer_down:
                continue
            if heard:
                logger.warning("the channel layer is back")
            elif not self.layer_down:
                logger.warning("the channel layer does not respond; polling the database instead")
            self._set_layer_down(not heard)
            try:
                await self._repair()
            except Exception:  # the database may be unavailable as well; the next tick retries
                logger.warning("room versions could not be read", exc_info=True)

    async def _send_echo(self, layer: BaseChannelLayer) -> None:
        self._sent += 1
        # Joining again refreshes the membership in layers where it expires, and subscribes after a failed
        # start.
        await self._subscribe(layer)
        if not self._channel:
            return
        try:
            self._sent_at = time.monotonic()
            async with asyncio.timeout(ECHO_SECONDS / 2):
                await layer.send(self._channel, {"type": "chat.echo", "number": self._sent})
        except Exception:  # the missing echo will reveal it
            logger.debug("the channel layer echo could not be sent", exc_info=True)
