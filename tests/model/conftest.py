"""The randomised model, played."""

import asyncio
import os
import random
from collections.abc import Callable
from typing import Any

import hypothesis
import pytest
from hypothesis.stateful import run_state_machine_as_test

from chat import catching_up
from chat.live import hub as hub_module
from chat.live import publishing
from tests.live import credentials
from tests.model.machine import Network
from tests.model.world import World

STEPS = 20

# Whether the model bites says something of the model, not of the database; on PostgreSQL a run takes ten times as long.
collect_ignore = (
    ["test_the_model_bites.py"] if os.environ.get("DATABASE_URL", "").startswith("postgres") else []
)


@pytest.fixture
def network(make_person: Any, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Callable[[], Network]:
    """Makes a world of four people, with everything that is not the chat's own rules taken out of the way."""
    settings.CHAT_LIMITS = {"post": (10**6, 1)}
    people = [make_person(name) for name in ("Alice", "Bob", "Charlie", "Dora")]
    came_by = {person.pk: credentials(person) for person in people}
    worlds: list[World] = []

    async def ask(question: Any, *args: Any) -> Any:
        await asyncio.sleep(0)
        answer = question(*args)
        worlds[-1].maybe_act()  # what is read may be old when it is here
        await asyncio.sleep(0)
        return answer

    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    monkeypatch.setattr(hub_module, "_ask", ask)
    monkeypatch.setattr(publishing, "_send", lambda events: worlds[-1].told(events))  # noqa: PLW0108 - the world of the run
    monkeypatch.setattr(publishing.transaction, "on_commit", lambda function, **_: function())
    # Small pages and a short patience, so that every rule is met within a few dozen steps.
    monkeypatch.setattr(catching_up, "PAGE", 4)
    monkeypatch.setattr(catching_up, "TOO_FAR", 12)
    monkeypatch.setattr(catching_up, "WINDOW", 4)

    def make() -> Network:
        worlds[:] = [World(people, came_by)]
        return Network(worlds[0])

    return make


@pytest.fixture
def play(network: Callable[[], Network]) -> Callable[..., None]:
    """``play(runs, **options)`` plays that many runs; an AssertionError says which rule of delivery was broken.

    ``MODEL_SEED`` in the environment replays the runs of a test that failed, exactly.
    """

    def play_runs(runs: int, **options: Any) -> None:
        seed = int(os.environ.get("MODEL_SEED") or random.randrange(2**32))
        chosen = hypothesis.settings(
            max_examples=runs,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            suppress_health_check=list(hypothesis.HealthCheck),
            **options,
        )
        try:
            run_state_machine_as_test(hypothesis.seed(seed)(network), settings=chosen)
        except AssertionError as broken:
            broken.add_note(f"MODEL_SEED={seed} before the same command replays it.")
            raise

    return play_runs
