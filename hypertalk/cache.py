"""Django's Redis cache with one client, and so one pool of connections, for the whole process.

Django keeps a cache object per thread or, behind ASGI, per request; each would open a connection of its own.
"""

from typing import Any

from django.core.cache.backends import redis

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
