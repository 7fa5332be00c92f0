"""A randomised model of the delivery contract. ``MODEL_RUNS=10000 make test-one ARGS=tests/model`` looks longer."""

import os
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from tests.model.world import World

RUNS = int(os.environ.get("MODEL_RUNS", "120"))
PARTS = 4


@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_is_lost_late_or_doubled_every_page_ends_equal_to_the_database(
    play: Callable[[int], None], part: int
) -> None:
    # PostgreSQL is asked over a socket for each of some hundred queries a run; the rules are the same.
    play(RUNS // PARTS // (1 if connections["default"].vendor == "sqlite" else 10))


def test_a_seed_replays_the_same_runs(play: Callable[[int], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODEL_SEED", "7")
    told: list[tuple[str, int]] = []
    tell = World.told

    def noted(self: World, events: Any) -> None:
        before = len(self.layer)
        tell(self, events)
        told.extend((news["kind"], news.get("version", 0)) for news in self.layer[before:])

    monkeypatch.setattr(World, "told", noted)
    play(5)
    first, told[:] = list(told), []
    play(5)
    assert len(first) > 20
    assert told == first
