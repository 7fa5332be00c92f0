"""Two real Daphnes, one PostgreSQL, one Redis."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
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
    yield Place(postgres, redis, url, one, two)
    for part in (one, two, redis, postgres):
        part.stop()


ARRANGE = """
import json
from django.test import Client
from django.contrib.auth import get_user_model
from chat import actions
from chat.models import Member
users = get_user_model()._default_manager
people = {{}}
for name in {names!r}:
    email = f"{{name}}-{tag}@example.com"
    people[name] = actions.ensure_person(users.create_user(email, "talk-to-me"), name.title())
owner, *others = people.values()
room = actions.create_room(owner, name="{tag}", topic="", kind="closed")
for other in others:
    actions.add_member(owner, room.pk, other.username)
sessions = {{}}
for name, person in people.items():
    client = Client()
    client.force_login(person.user)
    sessions[name] = client.cookies["sessionid"].value
members = {{m.person.display_name.lower(): m.pk for m in Member.objects.filter(room=room)}}
print("ARRANGED" + json.dumps({{"room": str(room.pk), "sessions": sessions, "members": members}}))
"""


@dataclass
class Scene:
    """A closed room of its own for one test: its id, a session for each person, and their member ids."""

    room: str
    sessions: dict[str, str]
    members: dict[str, int]


@pytest.fixture
def scene(place: Place, request: pytest.FixtureRequest) -> Scene:
    """Alice owns, Bob and Charlie are members."""
    tag = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower())[-40:].strip("-")
    code = ARRANGE.format(names=["alice", "bob", "charlie"], tag=tag)
    out = place.one.elsewhere(code)
    return Scene(**json.loads(out.partition("ARRANGED")[2]))


async def waiting(url: str) -> bool:
    """Whether some statement waits for a lock."""
    async with await psycopg.AsyncConnection.connect(url) as database:
        found = await database.execute("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        return await found.fetchone() is not None
