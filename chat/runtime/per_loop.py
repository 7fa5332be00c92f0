"""One instance per event loop: in a server one per process, in tests one per test."""

import asyncio
from collections.abc import Callable
from weakref import WeakKeyDictionary


class PerLoop[T]:
    """Call it for the running loop's instance, which ``make`` creates on first use."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._made: WeakKeyDictionary[asyncio.AbstractEventLoop, T] = WeakKeyDictionary()

    def __call__(self) -> T:
        loop = asyncio.get_running_loop()
        if loop not in self._made:
            self._made[loop] = self._make()
        return self._made[loop]
