"""Two real Daphnes, one PostgreSQL, one Redis."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.support.services import Daphne, Postgres, Redis


@dataclass
class Place:
    """A deployment of two processes. ``one`` and ``two`` share ``postgres`` (database ``url``) and ``redis``."""

    postgres: Postgres
    redis: Redis
    url: str
    one: Daphne
    two: Daphne


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("services")
    postgres, redis = Postgres(), Redis()
    url = postgres.create("hypertalk")
    env = {"DATABASE_URL": url, "REDIS_URL": redis.url, "DEBUG": "1", "POST_LIMIT": "100000/1s"}
    one = Daphne(folder, **env)
    one.manage("migrate", "--verbosity", "0")
    two = Daphne(folder, **env)
    yield Place(postgres, redis, url, one, two)
    for part in (one, two, redis, postgres):
        part.stop()
