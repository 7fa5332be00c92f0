"""A model that finds nothing when a rule is broken proves nothing: each rule that is taken out here must be missed."""

from collections.abc import Callable
from typing import Any

import pytest

from chat import catching_up
from chat.live import hub as hub_module
from chat.live.listeners import Listeners
from chat.models import Room
from tests.model import world as world_module
from tests.model.page import Page


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
