"""One of each for an event loop: in a server that is one for the process, in tests one for each of them."""

import asyncio
from collections.abc import Callable
from weakref import WeakKeyDictionary


class PerLoop[T]:
    """Call it for the running loop's own, which ``make`` makes when it is asked for first."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._made: WeakKeyDictionary[asyncio.AbstractEventLoop, T] = WeakKeyDictionary()

    def __call__(self) -> T:
        loop = asyncio.get_running_loop()
        if loop not in self._made:
            self._made[loop] = self._make()
        return self._made[loop]
