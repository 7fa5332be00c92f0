"""Django's Redis cache with one client, and so one pool of connections, for the whole process.

Django keeps a cache object per thread or, behind ASGI, per request; each would open a connection of its own.
"""

import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends import redis
from redis.exceptions import ConnectionError as Away
from redis.exceptions import TimeoutError as Slow

# After it did not answer, Redis is left alone for so long: everybody would wait, one after the other.
AWAY_SECONDS = 3.0

_away_until = 0.0
_clients: dict[str, Any] = {}  # address -> redis.Redis, which threads may share


class Client(redis.RedisCacheClient):
    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        (address,) = self._servers  # type: ignore[attr-defined]  # one, as settings.py has it
        if address not in _clients:
            _clients[address] = super().get_client(key, write=write)
        return _clients[address]


class RedisCache(redis.RedisCache):
    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = Client

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return _unless_away(super().get, *args, **kwargs)

    def add(self, *args: Any, **kwargs: Any) -> bool:
        return bool(_unless_away(super().add, *args, **kwargs))

    def incr(self, *args: Any, **kwargs: Any) -> int:
        return int(_unless_away(super().incr, *args, **kwargs))


def _unless_away(do: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Reading and counting can do without. What is set or deleted is tried in any case."""
    global _away_until  # noqa: PLW0603 - one Redis, one state
    if time.monotonic() < _away_until:
        raise Away("Redis did not answer a moment ago")
    try:
        return do(*args, **kwargs)
    except (Away, Slow):
        _away_until = time.monotonic() + AWAY_SECONDS
        raise
