"""A randomised model of the delivery contract. ``MODEL_SEED=7 make test-one ARGS=tests/model`` replays one run."""

import asyncio
import os
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chat import catching_up
from chat.live import hub as hub_module
from chat.live import publishing
from chat.live.listeners import Listeners
from chat.models import Person, Room
from tests.live import credentials
from tests.model import world as world_module
from tests.model.page import Page
from tests.model.world import World

RUNS = int(os.environ.get("MODEL_RUNS", "250"))
STEPS = 60


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


@pytest.mark.parametrize("part", range(4))
def test_whatever_is_lost_late_or_doubled_every_page_ends_equal_to_the_database(
    run: Callable[[int], None], part: int
) -> None:
    if seed := os.environ.get("MODEL_SEED"):
        return run(int(seed))

    @settings(max_examples=RUNS // 4, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(seed=st.integers(0, 2**32).map(lambda n: n * 4 + part))
    def runs(seed: int) -> None:
        run(seed)

    return runs()


def fails(run: Callable[[int], None], seeds: int = 150) -> bool:
    for seed in range(seeds):
        try:
            run(seed)
        except AssertionError:
            return True
    return False


def test_the_model_bites_when_permission_is_not_asked_again(
    run: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def careless(self: Any, room: str, listeners: Listeners) -> None:
        held, listeners.held = listeners.held, []
        for told in held:
            self._deliver(room, listeners, told)

    monkeypatch.setattr(hub_module.Hub, "_recheck", careless)
    assert fails(run)


def test_the_model_bites_when_history_does_not_lower_what_a_page_holds(
    run: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Page.history

    def proud(self: Page, version: int, rows: Any, at_start: bool) -> Any:
        return real(self, max(version, self.held), rows, at_start)

    monkeypatch.setattr(Page, "history", proud)
    assert fails(run, 600)


def test_the_model_bites_when_older_versions_replace_newer_ones(
    run: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def gullible(self: Page, row: Any) -> str:
        self.rows[row.key] = row
        return "apply"

    monkeypatch.setattr(Page, "_row", gullible)
    assert fails(run)


def test_the_model_bites_when_a_version_is_read_after_the_rows(
    run: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = catching_up.since

    def late(room: Room, after: int) -> Any:
        answer = real(room, after)
        newest = Room.objects.get(pk=room.pk).version
        return catching_up.Answer(answer.fragments, newest, answer.more, answer.start_over, answer.at_start)

    monkeypatch.setattr(world_module.catching_up, "since", late)
    assert fails(run)


def test_people_exist_for_the_model(run: Callable[[int], None]) -> None:
    run(0)
    assert Person.objects.count() == 4
