"""A model that finds nothing when a rule is broken proves nothing: each rule that is taken out here must be missed."""

import pytest

from tests.model.chaos import failure
from tests.model.mutants import FAULTS, Plant
from tests.model.stage import Stage

MOST = 40  # runs; each is found within five


@pytest.mark.parametrize("plant", FAULTS, ids=lambda plant: plant.__name__)
def test_the_model_bites_when(plant: Plant, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    assert any(isinstance(failure(stage, seed), AssertionError) for seed in range(MOST))
