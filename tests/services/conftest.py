"""Two real Daphnes, one PostgreSQL, one Redis."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest

from tests.support.arranging import Scene, arrange
from tests.support.services import Daphne, Postgres, Redis


@dataclass
class Deployment:
    """A workspace on two processes. ``one`` and ``two`` share ``postgres`` (database ``url``) and ``redis``."""

    postgres: Postgres
    redis: Redis
    url: str
    one: Daphne
    two: Daphne


@pytest.fixture(scope="session")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    folder = tmp_path_factory.mktemp("services")
    postgres, redis = Postgres(), Redis()
    url = postgres.create("hypertalk")
    env = {
        "DATABASE_URL": url,
        "REDIS_URL": redis.url,
        "DEBUG": "1",
        "POST_LIMIT": "100000/1s",
        "CONNECT_LIMIT": "100000/1s",
    }
    one = Daphne(folder, **env)
    one.manage("migrate", "--verbosity", "0")
    two = Daphne(folder, **env)
    yield Deployment(postgres, redis, url, one, two)
    for part in (one, two, redis, postgres):
        part.stop()


@pytest.fixture
def scene(deployment: Deployment, request: pytest.FixtureRequest) -> Scene:
    """Alice is the owner, Bob and Charlie are members."""
    tag = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower())[-40:].strip("-")
    return arrange(deployment.one.elsewhere, ["alice", "bob", "charlie"], tag)


async def waiting(url: str) -> bool:
    """Whether a statement waits for a lock."""
    async with await psycopg.AsyncConnection.connect(url) as database:
        found = await database.execute("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        return await found.fetchone() is not None
