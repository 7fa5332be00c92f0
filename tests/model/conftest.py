"""The randomised model, played one seed at a time."""

import asyncio
import os
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from chat import catching_up
from chat.live import hub as hub_module
from chat.live import publishing
from tests.live import credentials
from tests.model.world import World

STEPS = 60

# Whether the model bites says something of the model, not of the database; on PostgreSQL a run takes ten times as long.
collect_ignore = (
    ["test_the_model_bites.py"] if os.environ.get("DATABASE_URL", "").startswith("postgres") else []
)


@pytest.fixture
def run(make_person: Any, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Callable[[int], None]:
    """Plays one seed. Everything runs in one thread and in one order: no channel layer, no thread pool, no clock."""
    settings.CHAT_POST_LIMIT = (10**6, 1)
    people = [make_person(name) for name in ("Alice", "Bob", "Charlie", "Dora")]
    came_by = {person.pk: credentials(person) for person in people}
    current: list[World] = []

    async def ask(question: Any, *args: Any) -> Any:
        await asyncio.sleep(0)
        return question(*args)

    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    monkeypatch.setattr(hub_module, "_ask", ask)
    monkeypatch.setattr(publishing, "_send", lambda events: current[-1].told(events) if current else None)
    monkeypatch.setattr(publishing.transaction, "on_commit", lambda function, **_: function())
    # Small pages and a short patience, so that every rule is met within a few dozen steps.
    monkeypatch.setattr(catching_up, "PAGE", 4)
    monkeypatch.setattr(catching_up, "TOO_FAR", 25)

    connection = connections["default"]

    async def play(seed: int) -> None:
        # A loop would open a connection of its own, outside the test's transaction.
        connections["default"] = connection
        for person in people:
            person.refresh_from_db()
        current[:] = []
        made = World.__new__(World)
        current.append(made)
        made.layer = []
        made.__init__(seed, people, came_by)  # type: ignore[misc]
        try:
            for _ in range(STEPS):
                await made.step()
            await made.heal()
            made.compare()
        finally:
            await made.retire(made.hub)
            made.hub._beating.cancel()  # type: ignore[union-attr]

    return lambda seed: asyncio.run(play(seed))
