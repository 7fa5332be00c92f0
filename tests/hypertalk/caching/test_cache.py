"""The cache while Redis is down: each process uses its own memory, and one line in the log says when it began."""

import logging

import pytest
from redis.exceptions import ConnectionError as RedisAway

from chat.monitoring.outage import Outage
from hypertalk.caching import cache as caching
from hypertalk.caching.cache import FallbackCache, RedisCache
from hypertalk.logs.away import NotAway

NOWHERE = "redis://127.0.0.1:1/0"

pytestmark = pytest.mark.cache


@pytest.fixture(autouse=True)
def _untroubled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caching, "_away_until", 0.0)
    monkeypatch.setattr(
        caching, "_outage", Outage(caching.logger, "Each process does without it", "It serves again")
    )
    monkeypatch.setattr(caching, "_clients", {})


def test_without_redis_a_process_counts_and_remembers_by_itself(caplog: pytest.LogCaptureFixture) -> None:
    """As rate limits do, which sign-in depends on."""
    cache = FallbackCache(NOWHERE, {})
    assert cache.add("lock", True, timeout=10)
    assert not cache.add("lock", True, timeout=10)
    cache.delete("lock")
    assert cache.add("lock", True, timeout=10)
    cache.set("tries", [1, 2], 60)
    assert cache.get("tries", []) == [1, 2]
    assert cache.get("nothing", "default") == "default"
    cache.set("count", 1)
    assert cache.incr("count", 2) == 3
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "does without it" in caplog.text


def test_who_must_know_that_nothing_is_known_is_told() -> None:
    cache = RedisCache(NOWHERE, {})
    for _ in range(2):  # the second does not even try
        with pytest.raises(RedisAway):
            cache.get("user")


def test_a_library_that_says_so_each_second_is_not_written_down() -> None:
    def record(error: Exception) -> logging.LogRecord:
        return logging.LogRecord("x", 40, "", 1, "Unexpected", (), (type(error), error, None))

    assert not NotAway().filter(record(RedisAway("refused")))
    assert NotAway().filter(record(ValueError("a fault")))
