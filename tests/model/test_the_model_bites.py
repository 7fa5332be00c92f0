"""A model that finds nothing when a rule is broken proves nothing: each rule that is taken out here must be missed."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import Phase

from chat import actions, catching_up
from chat.live import hub as hub_module
from chat.live.listeners import Listeners
from chat.models import Room
from tests.model import client as client_module
from tests.model.client import Client, Request
from tests.model.machine import Network
from tests.model.page import Page
from tests.model.world import World


def fails(play: Callable[..., None]) -> bool:
    """Whether any of some hundred runs finds it; the smallest one is nobody's concern here."""
    try:
        play(300, phases=[Phase.generate])
    except AssertionError:
        return True
    return False


def test_the_model_bites_when_permission_is_not_asked_again(
    play: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def careless(self: Any, room: str, listeners: Listeners) -> None:
        held, listeners.held = listeners.held, []
        for told in held:
            listeners.deliver(told)

    monkeypatch.setattr(hub_module.Hub, "_recheck", careless)
    assert fails(play)


def test_the_model_bites_when_older_versions_replace_newer_ones(
    play: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def gullible(self: Page, row: Any) -> str:
        self.rows[row.key] = row
        return "apply"

    monkeypatch.setattr(Page, "_row", gullible)
    assert fails(play)


def test_the_model_bites_when_a_version_is_read_after_the_rows(
    play: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = catching_up.since

    def late(room: Room, after: int) -> Any:
        answer = real(room, after)
        newest = Room.objects.get(pk=room.pk).version
        return catching_up.Answer(answer.fragments, newest, answer.more, answer.start_over, answer.at_start)

    monkeypatch.setattr(client_module.catching_up, "since", late)
    assert fails(play)


# Two rules that chance meets seldom: met on purpose.


def history_meets_an_edit(network: Network) -> None:
    """An older page is read; then one of its messages is edited, and the frame of that is here first."""

    async def happen(world: World) -> None:
        alice, reader = world.people[0], world.clients[1]
        sent = [actions.post_message(alice, world.room.pk, id=uuid4(), body=f"{n}").message for n in range(8)]
        world.layer.clear()
        await reader.open()
        assert reader.page
        reader.older = Request(reader.page.low)
        proceed(reader, "older", 2)
        actions.edit_message(alice, sent[3].pk, "Edited")
        await everything_arrives(world, reader)
        proceed(reader, "older", 1)

    network.let(0, happen)
    network.teardown()


def history_meets_a_start_over(network: Network) -> None:
    """An older page is asked for; before it is read the reader sleeps through too much to be caught up, and starts over."""

    async def happen(world: World) -> None:
        alice, reader = world.people[0], world.clients[1]

        def say(times: int) -> None:
            for n in range(times):
                actions.post_message(alice, world.room.pk, id=uuid4(), body=f"{n}")
            world.layer.clear()

        say(8)
        await reader.open()
        assert reader.page
        reader.older = Request(reader.page.low)
        await reader.sleep_or_wake()
        say(30)
        await reader.sleep_or_wake()
        await everything_arrives(world, reader)
        reader.changes = Request(reader.page.held)
        proceed(reader, "changes", 3)
        proceed(reader, "older", 3)

    network.let(0, happen)
    network.teardown()


def proceed(reader: Client, kind: str, times: int) -> None:
    """A question is let in, answered, taken in."""
    for _ in range(times):
        if kind == "older":
            assert reader.older
            reader.go_on(reader.older, reader.answer_older, reader.take_older)
        else:
            assert reader.changes
            reader.go_on(reader.changes, reader.answer_changes, reader.take_changes)


async def everything_arrives(world: World, reader: Client) -> None:
    await world.settle()
    while world.layer:
        world.hub.hear(world.layer.pop(0))
    await world.settle()
    while reader.inbox:
        reader.hear(reader.inbox.pop(0))


def never_lowers(self: Page, before: int | None, version: int, rows: Any, at_start: bool) -> Any:
    return whole(self, before, max(version, self.held), rows, at_start)


def joins_anything(self: Page, before: int | None, version: int, rows: Any, at_start: bool) -> Any:
    return whole(self, self.low, version, rows, at_start)


whole = Page.history


@pytest.mark.parametrize(
    ("meeting", "broken"),
    [(history_meets_an_edit, never_lowers), (history_meets_a_start_over, joins_anything)],
)
def test_history_that_meets_something_comes_out_right_and_is_missed_without_its_rule(
    meeting: Callable[[Network], None],
    broken: Any,
    network: Callable[[], Network],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    meeting(network())
    monkeypatch.setattr(Page, "history", broken)
    with pytest.raises(AssertionError):
        meeting(network())
