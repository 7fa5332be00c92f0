"""Break something while people in a room post."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from tests.faults.conftest import Room


class Done(asyncio.Event):
    """Set when everybody has sent all their messages."""

    async def after(self, seconds: float) -> bool:
        """Wait for ``seconds``, or until all is sent. Returns whether it is."""
        try:
            async with asyncio.timeout(seconds):
                await self.wait()
        except TimeoutError:
            return False
        return True


async def talk_while(room: Room, count: int, breaking: Callable[[Done], Awaitable[None]]) -> float:
    """Everybody sends ``count`` messages, fewer in a short run: a quarter before the fault begins, the rest during it.

    So the fault is in the middle, however fast the machine is. Returns the monotonic time at which the last of both
    ended.
    """
    done, numbers = Done(), range(room.of(count))
    quarter = len(numbers) // 4

    async def talk(numbers: range) -> None:
        await asyncio.gather(*(talker.talk(numbers, room.chance) for talker in room.talkers))

    async def speak() -> None:
        try:
            await talk(numbers[quarter:])
        finally:
            done.set()

    await talk(numbers[:quarter])

    async with asyncio.TaskGroup() as group:
        group.create_task(speak())
        group.create_task(breaking(done))  # type: ignore[arg-type]
    return time.monotonic()
