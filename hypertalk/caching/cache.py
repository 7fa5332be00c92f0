"""Django's Redis cache with one client, and so one connection pool, for the whole process.

Django creates a cache object per thread or, behind ASGI, per request; each would open its own connection.
"""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends import redis
from django.core.cache.backends.locmem import LocMemCache
from redis.exceptions import ConnectionError as RedisAway
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisSlow

from chat.monitoring.outage import Outage

# After a failure Redis is not asked for this long: otherwise every request would wait for the timeout in turn.
AWAY_SECONDS = 3.0

ALONE_MOST = 20_000

logger = logging.getLogger(__name__)

_away_until = 0.0
_outage = Outage(logger, "the Redis cache is down; processes work without it", "the Redis cache works again")
_clients: dict[str, Any] = {}  # address -> redis.Redis, which is thread-safe


class Client(redis.RedisCacheClient):
    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        (address,) = self._servers  # type: ignore[attr-defined]  # one, as in settings.py
        if address not in _clients:
            _clients[address] = super().get_client(key, write=write)
        return _clients[address]


class RedisCache(redis.RedisCache):
    """Raises the Redis client's errors, for callers that must know when the cache is down (``row_cache.py``).

    Gets and increments fail at once while Redis is down. Sets and deletes are always tried.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = Client

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return _unless_away(super().get, *args, **kwargs)

    def add(self, *args: Any, **kwargs: Any) -> bool:
        return bool(_unless_away(super().add, *args, **kwargs))

    def incr(self, *args: Any, **kwargs: Any) -> int:
        return int(_unless_away(super().incr, *args, **kwargs))


class FallbackCache(RedisCache):
    """While Redis is down or full each process uses its own memory: rate limits go on, and people can still sign in."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._alone = LocMemCache("alone", {"MAX_ENTRIES": ALONE_MOST})

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return self._or_alone("get", *args, **kwargs)

    def add(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._or_alone("add", *args, **kwargs))

    def set(self, *args: Any, **kwargs: Any) -> None:
        self._or_alone("set", *args, **kwargs)

    def incr(self, *args: Any, **kwargs: Any) -> int:
        return int(self._or_alone("incr", *args, **kwargs))

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._or_alone("delete", *args, **kwargs))

    def _or_alone(self, what: str, *args: Any, **kwargs: Any) -> Any:
        try:
            return _unless_away(getattr(super(RedisCache, self), what), *args, **kwargs)
        except RedisError:
            return getattr(self._alone, what)(*args, **kwargs)


def _unless_away(do: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    global _away_until  # noqa: PLW0603 - one Redis, one state
    if time.monotonic() < _away_until:
        raise RedisAway("Redis did not answer a moment ago")
    try:
        done = do(*args, **kwargs)
    except RedisError as error:
        _outage.failed(error)
        if isinstance(error, (RedisAway, RedisSlow)):
            _away_until = time.monotonic() + AWAY_SECONDS
        raise
    _outage.worked()
    return done
