"""Rules that chance meets seldom: met on purpose, with and without."""

from collections.abc import Callable
from uuid import UUID

import pytest

from chat import actions
from tests.model import deeds, faults
from tests.model.asking import Request
from tests.model.client import Client
from tests.model.faults import Plant
from tests.model.machine import Run
from tests.model.stage import Stage
from tests.model.world import World


def say(world: World, times: int) -> list[UUID]:
    """Of which nothing is told."""
    ids = [world.new_id() for _ in range(times)]
    for one in ids:
        world.post(world.people[0], world.rooms[0], one, world.words())
    for process in world.processes:
        process.layer.clear()
    return ids


async def an_edit(world: World) -> None:
    """An older page is read; then one of its messages is edited, and the frame of that is here first."""
    reader = world.clients[2]
    sent = say(world, 8)
    await reader.open(world.rooms[0])
    assert reader.page
    reader.older = Request(reader.page.low)
    proceed(reader, "older", 2)
    world.edit(sent[3], "Edited")
    await everything_arrives(world, reader)
    proceed(reader, "older", 1)


async def a_start_over(world: World) -> None:
    """An older page is asked for; before it is read the reader sleeps through too much to be caught up, and starts over."""
    reader = world.clients[2]
    say(world, 8)
    await reader.open(world.rooms[0])
    assert reader.page
    reader.older = Request(reader.page.low)
    await reader.sleep_or_wake()
    say(world, 30)
    await reader.sleep_or_wake()
    await everything_arrives(world, reader)
    reader.changes = Request(reader.page.held)
    proceed(reader, "changes", 3)
    proceed(reader, "older", 3)


async def two_who_want_the_last_use(world: World) -> None:
    _, bob, charlie, dora = world.people
    made = world.do(actions.make_link, dora, UUID(world.rooms[1]), most_uses=1)
    world.ledger.invited(made)
    for person in (bob, charlie):
        deeds.come_in(world, person, made)


async def a_removal_after_an_invitation(world: World) -> None:
    """Into the room by other means, and out of it again: the invitation of before is no way back."""
    _, bob, _, dora = world.people
    den = UUID(world.rooms[1])
    made = world.do(actions.invite_person, dora, den, bob.pk)
    world.ledger.invited(made)
    member = world.do(actions.add_member, dora, den, "bob")
    world.do(actions.remove_member, dora, den, member.pk)
    deeds.come_in(world, bob, made)


async def a_message_after_hiding(world: World) -> None:
    alice, bob, *_ = world.people
    deeds.talk(world, alice, {bob.pk})
    room = world.rooms[-1]
    world.post(alice, room, world.new_id(), world.words())
    deeds.hide_there(world, alice, room)
    await world.clients[0].open(world.rooms[0])
    world.post(bob, room, world.new_id(), world.words())


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
    for process in world.processes:
        while process.layer:
            process.hub.hear(process.layer.pop(0))
    await world.settle()
    while reader.inbox:
        reader.hear(reader.inbox.pop(0))


def meet(stage: Stage, meeting: Callable[[World], object]) -> None:
    def happen(world: World) -> object:
        world.calm = True
        return meeting(world)

    run, well = Run(stage, 0), False
    try:
        run.let(0, happen)
        well = True
    finally:
        run.end(well=well)


@pytest.mark.parametrize(
    ("meeting", "broken"),
    [
        (an_edit, faults.history_never_lowers_what_is_held),
        (a_start_over, faults.history_joins_anything),
        (two_who_want_the_last_use, faults.a_link_is_used_past_its_limit),
        (a_removal_after_an_invitation, faults.an_invitation_brings_back_who_was_removed),
        (a_message_after_hiding, faults.a_hidden_conversation_never_comes_back),
    ],
)
def test_a_rare_meeting_comes_out_right_and_is_missed_without_its_rule(
    meeting: Callable[[World], object], broken: Plant, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet(stage, meeting)
    broken(monkeypatch)
    with pytest.raises(AssertionError):
        meet(stage, meeting)
