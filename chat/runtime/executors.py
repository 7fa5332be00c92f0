"""Executors: threads beside the event loop, each with its own persistent database connection.

Work in one executor never waits for work in another: permission checks run while a post waits for a lock.
``database_sync_to_async`` has one thread for everything, and closes its connection after each call.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from django.db import InterfaceError, OperationalError, connections, transaction


class DbExecutor:
    """One thread, started on first use. Calls run in the order they were submitted."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._threads: ThreadPoolExecutor | None = None

    async def run[**P, T](self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Returns or raises what ``work`` does. It must be safe to run twice: a lost connection is noticed only in use."""
        if self._threads is None:
            self._threads = ThreadPoolExecutor(1, thread_name_prefix=self._name)
        return await asyncio.get_running_loop().run_in_executor(
            self._threads, _with_connection, partial(work, *args, **kwargs)
        )

    def close(self) -> None:
        """End the thread and its connection. The next call starts a new one."""
        if self._threads is not None:
            self._threads.submit(connections.close_all).result()
            self._threads.shutdown()
            self._threads = None


def _with_connection[T](work: Callable[[], T]) -> T:
    """Replace a broken connection. If it was an old one, the database may have restarted since: try once more."""
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


READS = DbExecutor("chat-questions")  # short reads, such as permission checks
WRITES = DbExecutor("chat-writes")  # writes from sockets, which may wait for locks
COUNTS = DbExecutor("chat-counts")  # rate limits in the cache, which may not respond


async def run_in_thread[**P, T](work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Returns or raises what ``work`` does, outside the executors: with its own connection, closed afterwards. For rare
    work.
    """
    return await asyncio.to_thread(_with_own_connection, partial(work, *args, **kwargs))


def _with_own_connection[T](work: Callable[[], T]) -> T:
    try:
        return work()
    finally:
        connections.close_all()


def close_all() -> None:
    for executor in (READS, WRITES, COUNTS):
        executor.close()
