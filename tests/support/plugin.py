"""``pytest --services``: the suite on a real PostgreSQL and a real Redis, started here, before settings are read."""

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
        # One Redis for all workers; each has a database of it for its cache, and a name space for its channels.
        os.environ["REDIS_PREFIX"] = f"test-{worker}"
        os.environ["REDIS_URL"] = os.environ["REDIS_URL"].rpartition("/")[0] + "/" + worker.removeprefix("gw")
    elif early_config.known_args_namespace.services and not _running:
        postgres, redis = Postgres(), Redis()
        _running.extend([postgres, redis])
        os.environ["DATABASE_URL"] = postgres.url()
        os.environ["REDIS_URL"] = redis.url


def pytest_unconfigure() -> None:
    while _running:
        _running.pop().stop()
