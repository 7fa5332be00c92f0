"""A server, as far as the model needs one."""

import asyncio

from chat.events.rendering import Envelope
from chat.live.hub import Hub


class Process:
    """Its hub, and what the channel layer has for it."""

    def __init__(self) -> None:
        async def opened() -> None:
            pass

        self.layer: list[Envelope] = []
        self.hub = Hub()
        self.hub._ear.open = opened  # type: ignore[method-assign]
        self.hub._beating = asyncio.get_running_loop().create_future()  # type: ignore[assignment]

    async def end(self) -> None:
        hub = self.hub
        for socket in list(hub.sockets):
            hub.leave(socket)
        for task in list(hub._tasks):
            task.cancel()
        await asyncio.gather(*hub._tasks, return_exceptions=True)
        hub._beating.cancel()  # type: ignore[union-attr]
