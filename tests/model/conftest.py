"""The randomised model, played on the test's database."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.model.machine import play
from tests.model.stage import Stage, a_stage

# Whether the model catches a mutant tests the model, not the database; PostgreSQL takes ten times as long.
collect_ignore = ["test_mutants.py"] if os.environ.get("DATABASE_URL", "").startswith("postgres") else []


@pytest.fixture
def stage(db: Any) -> Iterator[Stage]:
    with a_stage() as made:
        yield made


@pytest.fixture
def runs(stage: Stage) -> Callable[[range], None]:
    """``runs(range)`` plays a run per seed; an AssertionError names the broken rule and the seed."""

    def play_all(seeds: range) -> None:
        for seed in seeds:
            try:
                play(stage, seed)
            except AssertionError as broken:
                broken.add_note(f"make chaos SEED={seed} replays it.")
                raise

    return play_all
