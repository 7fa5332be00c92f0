"""A randomised model of the delivery contract. ``MODEL_SEED=7 make test-one ARGS=tests/model`` replays one run."""

import os
from collections.abc import Callable

import pytest
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

RUNS = int(os.environ.get("MODEL_RUNS", "240"))


@pytest.mark.parametrize("part", range(4))
def test_whatever_is_lost_late_or_doubled_every_page_ends_equal_to_the_database(
    run: Callable[[int], None], part: int
) -> None:
    if seed := os.environ.get("MODEL_SEED"):
        return run(int(seed))

    # PostgreSQL is asked over a socket for each of some hundred queries a run; the rules are the same.
    @settings(
        max_examples=RUNS // (4 if connections["default"].vendor == "sqlite" else 40),
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(seed=st.integers(0, 2**32).map(lambda n: n * 4 + part))
    def runs(seed: int) -> None:
        run(seed)

    return runs()
