"""A server, as far as the model needs one."""

import asyncio

from chat.events.envelope import Envelope
from chat.live.hub import Hub


class Subscription:
    """Does nothing: the model delivers the layer's messages."""

    layer_down = False

    async def open(self) -> None: ...

    async def close(self) -> None: ...


class Process:
    """Its hub, and the layer messages waiting for it."""

    def __init__(self) -> None:
        self.layer: list[Envelope] = []
        self.hub = Hub()
        self.hub._subscription = Subscription()  # type: ignore[assignment]
        self.hub._beating = asyncio.get_running_loop().create_future()  # type: ignore[assignment]

    async def end(self) -> None:
        await self.hub.stop()
