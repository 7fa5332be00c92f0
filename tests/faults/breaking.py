"""Breaking something while a room talks."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from tests.faults.conftest import Room


class Done(asyncio.Event):
    """Set when everybody has said what they had to say."""

    async def after(self, seconds: float) -> bool:
        """Wait so long, or until they are done; whether they are."""
        try:
            async with asyncio.timeout(seconds):
                await self.wait()
        except TimeoutError:
            return False
        return True


async def talk_while(room: Room, count: int, breaking: Callable[[Done], Awaitable[None]]) -> float:
    """Everybody says ``count`` things, in a short run fewer; a quarter in peace, the rest while something breaks.

    So it breaks in the middle of the talk, however fast the machine is. Returns when the last of both ended, of the
    monotonic clock.
    """
    done, said = Done(), range(room.of(count))
    quarter = len(said) // 4

    async def talk(numbers: range) -> None:
        await asyncio.gather(*(talker.talk(numbers, room.chance) for talker in room.talkers))

    async def speak() -> None:
        try:
            await talk(said[quarter:])
        finally:
            done.set()

    await talk(said[:quarter])

    async with asyncio.TaskGroup() as group:
        group.create_task(speak())
        group.create_task(breaking(done))  # type: ignore[arg-type]
    return time.monotonic()
