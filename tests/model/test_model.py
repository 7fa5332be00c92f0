"""A randomised model of the delivery contract. ``make chaos`` plays ten thousand of its runs."""

from collections.abc import Callable

import pytest
from django.db import connections

RUNS = 20
PARTS = 2


@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_is_lost_late_or_doubled_every_page_ends_equal_to_the_database(
    runs: Callable[[range], None], part: int
) -> None:
    # PostgreSQL needs a round trip for each of some hundred queries a run; the rules are the same.
    each = RUNS // PARTS // (1 if connections["default"].vendor == "sqlite" else 10)
    runs(range(part * each, (part + 1) * each))
