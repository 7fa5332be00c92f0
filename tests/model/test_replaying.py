"""A seed always gives the same run, in every process."""

import os
import subprocess
import sys

import pytest
from django.db import connection

from tests.model import chaos
from tests.model.chaos import smaller
from tests.model.machine import play
from tests.model.mutants import the_newest_goes_out_first
from tests.model.stage import Stage

SEEDS = (3, 26)  # the second restores a backup, twice


# PostgreSQL returns rows without an order as its plan happens to find them, and changes the plan by itself.
ANOTHER_PLAN = "; ".join(f"SET enable_{way} = off" for way in ("seqscan", "indexscan", "nestloop"))


def test_a_seed_replays_the_same_run(stage: Stage) -> None:
    first = [play(stage, seed) for seed in SEEDS]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(ANOTHER_PLAN)
    assert [play(stage, seed) for seed in reversed(SEEDS)] == first[::-1]
    assert sum(map(len, first)) > 60


def test_a_seed_is_the_same_run_in_processes_that_count_hashes_otherwise() -> None:
    command = [sys.executable, "-m", "tests.model.chaos", "--seed", str(SEEDS[1]), "--trace"]
    both = [
        subprocess.Popen(
            command, env={**os.environ, "PYTHONHASHSEED": hashes}, stdout=subprocess.PIPE, text=True
        )
        for hashes in ("1", "2")
    ]
    first, second = (process.communicate()[0] for process in both)
    assert first.count("\n") > 30
    assert second == first


def test_what_fails_is_made_smaller_and_still_fails(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chaos, "SMALLER_WITHIN", 5)
    the_newest_goes_out_first(monkeypatch)
    for seed in range(100):
        try:
            play(stage, seed)
        except AssertionError as error:
            keep, smallest = smaller(stage, seed, error)
            break
    assert len(keep) < 19
    with pytest.raises(AssertionError, match="after a later one"):
        play(stage, seed, keep)
    assert "after a later one" in str(smallest)
