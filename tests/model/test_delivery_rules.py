"""The twin of what a sender does after each answer, tested with the same cases as the page."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.delivery import DeliveryRules, Outcome, of_http, of_socket

CASES = json.loads((Path(__file__).parent.parent / "cases" / "delivery_rules.json").read_text())


def outcome(heard: dict[str, Any]) -> Outcome:
    if "socket" in heard:
        return of_socket(heard["socket"])
    if "http" in heard:
        return of_http(heard["http"]["status"], heard["http"]["retryAfter"])
    return Outcome("away")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_rule(case: dict[str, Any]) -> None:
    rules = DeliveryRules()
    for heard, expected in zip(case["heard"], case["steps"], strict=True):
        step = rules.next(outcome(heard))
        assert (step.step, step.seconds) == (expected["step"], expected.get("seconds", 0)), heard
