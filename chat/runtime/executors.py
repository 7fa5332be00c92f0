"""Threads beside the event loop, each with a database connection that it keeps.

What goes through one lane never waits for what goes through another: who may hear a frame is asked while a post waits
for a lock. ``database_sync_to_async`` has one thread for everything, and gives its connection back after each call.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from django.db import InterfaceError, OperationalError, connections, transaction


class DbExecutor:
    """One thread, begun when first used. Work is done in the order in which it came."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._threads: ThreadPoolExecutor | None = None

    async def run[**P, T](self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What ``work`` returns or raises. It must be safe to do twice: a lost connection is noticed by using it."""
        if self._threads is None:
            self._threads = ThreadPoolExecutor(1, thread_name_prefix=self._name)
        return await asyncio.get_running_loop().run_in_executor(
            self._threads, _with_connection, partial(work, *args, **kwargs)
        )

    def close(self) -> None:
        """End the thread and its connection. The next work begins another."""
        if self._threads is not None:
            self._threads.submit(connections.close_all).result()
            self._threads.shutdown()
            self._threads = None


def _with_connection[T](work: Callable[[], T]) -> T:
    """A broken connection is replaced. If it was an old one, the database may have been restarted since: once more."""
    connection = transaction.get_connection()
    fresh = connection.connection is None
    try:
        return work()
    except (OperationalError, InterfaceError):
        if connection.is_usable():
            raise
        connection.close()
        if fresh:
            raise
    return work()


READS = DbExecutor("chat-questions")  # short reads: who may hear what
WRITES = DbExecutor("chat-writes")  # what comes over sockets, and may wait for locks
COUNTS = DbExecutor("chat-counts")  # the cache, where it is asked how many knocked; it may be away


async def run_in_thread[**P, T](work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What ``work`` returns or raises, in no lane: with a connection of its own, given back at once, as it comes seldom."""
    return await asyncio.to_thread(_alone, partial(work, *args, **kwargs))


def _alone[T](work: Callable[[], T]) -> T:
    try:
        return work()
    finally:
        connections.close_all()


def close_all() -> None:
    for lane in (READS, WRITES, COUNTS):
        lane.close()
