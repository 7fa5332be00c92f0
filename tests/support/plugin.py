"""``pytest --services``: run the suite on a real PostgreSQL and a real Redis, started here before settings are read.

Tests that use neither the database nor the cache are skipped then: they cover the same on SQLite and in memory.
"""

import os

import pytest

from tests.support.services import Postgres, Redis

_running = []


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--services", action="store_true", help="run on PostgreSQL and Redis instead of SQLite and memory"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if worker and "REDIS_URL" in os.environ:
        # One Redis for all workers; each has its own database there for its cache, and a prefix for its channels.
        os.environ["REDIS_PREFIX"] = f"test-{worker}"
        os.environ["REDIS_URL"] = os.environ["REDIS_URL"].rpartition("/")[0] + "/" + worker.removeprefix("gw")
    elif early_config.known_args_namespace.services and not _running:
        postgres, redis = Postgres(), Redis()
        _running.extend([postgres, redis])
        os.environ["DATABASE_URL"] = postgres.url()
        os.environ["REDIS_URL"] = redis.url


def asks_services(item: pytest.Item) -> bool:
    """Whether the test may differ on PostgreSQL and Redis. pytest-django and ``_what_runs_once`` enforce that."""
    fixtures: list[str] = getattr(item, "fixturenames", [])
    marked = any(item.get_closest_marker(name) for name in ("django_db", "cache"))
    return marked or not {"db", "transactional_db"}.isdisjoint(fixtures)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("services"):
        config.hook.pytest_deselected(items=[item for item in items if not asks_services(item)])
        items[:] = filter(asks_services, items)


def pytest_unconfigure() -> None:
    while _running:
        _running.pop().stop()
