"""Alice owns, Bob is a member, Charlie is a stranger."""

import asyncio
import math
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from channels.layers import InMemoryChannelLayer
from django.contrib.auth import get_user_model
from django.core.cache import cache, caches
from django.db import connections
from django.test import Client

from chat import actions, limits
from chat.events.fragments import fragments
from chat.models import Message, Person, Room
from chat.monitoring.counters import counters
from chat.runtime import executors
from hypertalk.accounts import branding
from hypertalk.caching import row_cache
from tests.support.plugin import asks_services


@pytest.fixture(autouse=True)
def _fresh_memory() -> None:
    """Rate limits are counted, and fragments kept by ids that the next test has again."""
    cache.clear()
    limits.reset()
    fragments.clear()
    counters.clear()
    row_cache._unmarked.clear()
    # Pages of a workspace without a name. To save one makes them ask for it.
    branding.memory.hold(branding.Shown(), math.inf)


@pytest.fixture(autouse=True)
def _no_window_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is at a limit stays there, however slow the machine: the clock that limits see stands still."""
    monkeypatch.setattr(limits, "clock", SimpleNamespace(seconds=lambda: 1_000_000.0))


@pytest.fixture(autouse=True)
def _what_runs_once(
    _fresh_memory: None, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests that are skipped on Redis (tests/support/plugin.py) must not use the cache or the channel layer."""

    def refuse(*_: object, **__: object) -> None:
        pytest.fail("This test asks the cache or the channel layer: mark it with pytest.mark.cache.")

    if not asks_services(request.node):
        for kind, names in (
            (type(caches["default"]), ("get", "set", "add", "incr", "touch", "delete")),
            (InMemoryChannelLayer, ("send", "receive", "group_add", "group_send")),
        ):
            for name in names:
                monkeypatch.setattr(kind, name, refuse)


@pytest.fixture(scope="session", autouse=True)
def _threads_let_go_of_the_database(django_db_setup: None) -> Iterator[None]:
    yield
    executors.close_all()
    asyncio.run(sync_to_async(connections.close_all)())  # what tests themselves awaited


@pytest.fixture
def make_person(db: None) -> Callable[[str], Person]:
    def make(name: str) -> Person:
        user = get_user_model()._default_manager.create_user(f"{name.lower()}@example.com", "talk-to-me")
        return actions.ensure_person(user, name)

    return make


@pytest.fixture
def alice(make_person: Callable[[str], Person]) -> Person:
    return make_person("Alice")


@pytest.fixture
def bob(make_person: Callable[[str], Person]) -> Person:
    return make_person("Bob")


@pytest.fixture
def charlie(make_person: Callable[[str], Person]) -> Person:
    return make_person("Charlie")


@pytest.fixture
def ada(make_person: Callable[[str], Person]) -> Person:
    """Owns the workspace: a superuser, who is in no room."""
    person = make_person("Ada")
    person.user.is_staff = person.user.is_superuser = True
    person.user.save()
    return person


@pytest.fixture
def mia(make_person: Callable[[str], Person]) -> Person:
    """Moderates the workspace: staff without any of Django's permissions, who is in no room."""
    person = make_person("Mia")
    person.user.is_staff = True
    person.user.save()
    return person


@pytest.fixture
def room(alice: Person, bob: Person) -> Room:
    """A closed room of Alice (owner) and Bob."""
    made = actions.create_room(alice, name="harbour", topic="Ships", kind="closed")
    actions.add_member(alice, made.pk, "bob")
    return Room.objects.get(pk=made.pk)


@pytest.fixture
def open_room(alice: Person) -> Room:
    return Room.objects.get(pk=actions.create_room(alice, name="lobby", topic="", kind="open").pk)


def say(person: Person, room: Room, body: str = "Hello") -> Message:
    return actions.post_message(person, room.pk, id=uuid4(), body=body).message


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def script_of(person: Person) -> Client:
    """A client whose requests come from the page's script."""
    client = Client(headers={"HX-Request": "true"})
    client.force_login(person.user)
    return client
