"""A model that finds nothing when a rule is broken proves nothing: each mutant here must be caught.

Three of them; ``make chaos`` runs all of ``FAULTS``.
"""

import pytest

from tests.model.chaos import is_found
from tests.model.mutants import ALWAYS, FAULTS, Plant
from tests.model.stage import Stage


@pytest.mark.parametrize("plant", ALWAYS, ids=lambda plant: plant.__name__)
def test_the_model_finds(plant: Plant, stage: Stage) -> None:
    assert is_found(stage, plant)


def test_chaos_takes_out_more_than_these() -> None:
    assert len(set(FAULTS)) == len(FAULTS) > len(ALWAYS)
