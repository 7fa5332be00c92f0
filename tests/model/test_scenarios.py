"""Scenarios for rules that chance rarely reaches: each is played with and without the rule."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest

from chat import actions
from chat.actions import messages
from chat.live import subscribers
from chat.models import Member, Person
from tests.model import mutants, operations
from tests.model.backup import make_backup, restore
from tests.model.client import Client
from tests.model.machine import Run
from tests.model.mutants import Plant
from tests.model.polling import Request
from tests.model.stage import Stage
from tests.model.world import World


def say(world: World, times: int) -> list[UUID]:
    """Post without publishing."""
    ids = [world.new_id() for _ in range(times)]
    for one in ids:
        world.post(world.people[0], world.rooms[0], one, world.words())
    for process in world.processes:
        process.layer.clear()
    return ids


async def an_edit(world: World) -> None:
    """A page of older messages is read; then one of them is edited, and the frame of the edit arrives first."""
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
    """Older messages are requested; before they are read, the page sleeps through too much to catch up, and starts over."""
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
    world.oracle.invited(made)
    for person in (bob, charlie):
        operations.come_in(world, person, made)


async def a_removal_after_an_invitation(world: World) -> None:
    """A person joins in another way and is removed: an older invitation does not let them back in."""
    _, bob, _, dora = world.people
    den = UUID(world.rooms[1])
    made = world.do(actions.invite_person, dora, den, bob.pk)
    world.oracle.invited(made)
    member = world.do(actions.add_member, dora, den, "bob")
    world.do(actions.remove_member, dora, den, member.pk)
    operations.come_in(world, bob, made)


async def a_message_after_hiding(world: World) -> None:
    alice, bob, *_ = world.people
    operations.talk(world, alice, {bob.pk})
    room = world.rooms[-1]
    world.post(alice, room, world.new_id(), world.words())
    operations.hide_there(world, alice, room)
    await world.clients[0].open(world.rooms[0])
    world.post(bob, room, world.new_id(), world.words())


async def a_conversation_that_comes_back_while_a_page_is_loaded(world: World) -> None:
    """The list is read while it is hidden; when the socket is connected, it is not hidden any longer."""
    alice, bob, *_ = world.people
    operations.talk(world, alice, {bob.pk})
    operations.hide_there(world, alice, world.rooms[-1])
    real = Client.connect

    async def connect(self: Client) -> None:
        operations.talk(world, alice, {bob.pk})
        await real(self)

    with patch.object(Client, "connect", connect):
        await world.clients[0].open(world.rooms[0])


def a_way_back_after_a_ban(world: World) -> None:
    alice, bob, *_ = world.people
    ban(world, alice, bob)
    world.do(actions.join_room, bob, UUID(world.rooms[0]))


async def a_ban_of_somebody_with_two_pages(world: World) -> None:
    """Both pages are on the same process."""
    alice, bob, *_ = world.people
    one, other = world.clients[2:4]
    for page in (one, other):
        await page.open(world.rooms[0])
    while other.process is not one.process:
        await other.come_again()
    ban(world, alice, bob)
    await everything_arrives(world, one)
    world.post(alice, world.rooms[0], world.new_id(), world.words())
    await everything_arrives(world, one)


def words_of_somebody_silenced(world: World) -> None:
    alice, bob, *_ = world.people
    room, lasting = world.rooms[0], timedelta(seconds=20)
    world.do(actions.silence_member, alice, UUID(room), member(room, bob), lasting)
    world.oracle.silence((room, bob.pk), world.clock.now(), lasting)
    world.post(bob, room, world.new_id(), world.words())


def two_who_write_to_each_other(world: World) -> None:
    alice, bob, *_ = world.people
    operations.talk(world, alice, {bob.pk})
    operations.talk(world, bob, {alice.pk})


def an_invitation_of_two_days_ago(world: World) -> None:
    _, bob, _, dora = world.people
    made = world.do(actions.make_link, dora, UUID(world.rooms[1]), days=1)
    world.oracle.invited(made)
    world.clock.seconds += 2 * 86400
    operations.come_in(world, bob, made)


async def reading(world: World) -> None:
    reader = world.clients[2]
    say(world, 3)
    await reader.open(world.rooms[0])
    reader.read()


async def edits_that_overtake_each_other(world: World) -> None:
    reader = world.clients[2]
    (sent,) = say(world, 1)
    await reader.open(world.rooms[0])
    for words in ("Edited", "Edited again"):
        world.edit(sent, words)
    for process in world.processes:
        process.layer.reverse()
    await everything_arrives(world, reader)


async def an_edit_that_overtakes_a_message(world: World) -> None:
    """The edited message is no longer the last one, although its edit is newer than the last message."""
    reader = world.clients[2]
    (first,) = say(world, 1)
    await reader.open(world.rooms[0])
    await everything_arrives(world, reader)
    world.post(world.people[0], world.rooms[0], world.new_id(), world.words())
    world.edit(first, "Edited")
    for process in world.processes:
        process.layer.reverse()
    await everything_arrives(world, reader)


async def a_late_copy_of_what_was_refused(world: World) -> None:
    writer = world.clients[2]
    await writer.open(world.rooms[0])
    writer.write()
    (item,) = writer.box.mine()
    writer.box.settle(item.id, "Not now.")
    world.post(writer.person, item.room, item.id, item.body)
    await everything_arrives(world, writer)


async def as_much_said_after_a_backup_as_before(world: World) -> None:
    """The page stays open during the restore, and holds as many changes as the room has then."""
    reader = world.clients[2]
    await reader.open(world.rooms[0])
    make_backup(world)
    for _ in range(2):
        for _ in range(3):
            world.post(world.people[0], world.rooms[0], world.new_id(), world.words())
        await everything_arrives(world, reader)
        if world.backup:
            restore(world)
            world.backup = None
            await reader.connect()


async def a_frame_of_before_the_restore(world: World) -> None:
    reader = world.clients[2]
    sent = say(world, 3)
    await reader.open(world.rooms[0])
    make_backup(world)
    world.edit(sent[0], "Never said")
    restore(world)
    await reader.connect()
    assert reader.page
    reader.changes = Request(reader.page.held)
    proceed(reader, "changes", 3)
    await everything_arrives(world, reader)


async def a_list_with_more_than_there_is_after_the_restore(world: World) -> None:
    """Nudges from before the restore arrive late, but before the list; so does one with a lower version from after it."""
    reader, room = world.clients[2], world.rooms[0]
    await reader.open(None)
    make_backup(world)
    for _ in range(3):
        world.post(world.people[0], room, world.new_id(), world.words())
    restore(world)
    for _ in range(2):
        await reader.sleep_or_wake()
    await world.settle()
    hear(reader)
    for _ in range(2):
        reader.ask_for_list()  # and it is answered
    with patch.object(subscribers, "NUDGE_SECONDS", 0):
        await everything_arrives(world, reader)
        world.post(world.people[0], room, world.new_id(), world.words())
        await everything_arrives(world, reader)
    reader.ask_for_list()


async def a_nudge_of_before_the_restore_that_says_what_is_gone(world: World) -> None:
    """The expired message is back with the backup, and unread."""
    reader, room = world.clients[2], world.rooms[0]
    say(world, 3)
    make_backup(world)
    await reader.open(None)
    invalidate_all(world, room)
    restore(world)
    for _ in range(2):
        await reader.sleep_or_wake()
    await everything_arrives(world, reader)


async def an_edit_of_what_just_expired(world: World) -> None:
    """The message is found, and has expired when the room is locked; an earlier edit of it is still in transit."""
    reader, room = world.clients[2], world.rooms[0]
    sent = say(world, 3)
    await reader.open(room)
    world.edit(sent[0], "Edited in time")
    real = messages._room_of

    def found(*asked: Any) -> UUID:
        where = real(*asked)
        operations.expire_there(world, room, world.clock.now() + timedelta(seconds=1))
        return where

    with patch.object(messages, "_room_of", found):
        world.edit(sent[0], "Edited too late")
    for process in world.processes:
        process.layer.reverse()
    await everything_arrives(world, reader)


async def a_page_with_what_is_expired_and_a_post_that_was_taken(world: World) -> None:
    """The page is offline, with older rows, and does not know that its post was stored; that post has expired, too."""
    reader, room = world.clients[2], world.rooms[0]
    say(world, 3)
    await reader.open(room)
    reader.write()
    (item,) = reader.box.mine()
    await reader.sleep_or_wake()
    world.post(reader.person, room, item.id, item.body)
    invalidate_all(world, room)
    for process in world.processes:
        process.layer.clear()
    world.post(world.people[0], room, world.new_id(), world.words())
    world.post(reader.person, room, item.id, item.body)


async def a_room_of_which_nothing_is_left(world: World) -> None:
    """Its row in the room lists shows no message, and nobody has anything unread."""
    reader, room = world.clients[2], world.rooms[0]
    say(world, 3)
    await world.clients[0].open(room)
    await reader.open(None)
    invalidate_all(world, room)
    await everything_arrives(world, reader)


async def a_room_that_expires_half_of_what_is_unread(world: World) -> None:
    """Pages that show other rooms learn of it from a nudge, together with the last message."""
    reader, room = world.clients[2], world.rooms[0]
    say(world, 3)
    world.clock.seconds += 60
    half = world.clock.now()
    say(world, 1)
    await reader.open(None)
    operations.expire_there(world, room, half)
    world.post(world.people[0], room, world.new_id(), world.words())
    await everything_arrives(world, reader)


async def a_restore_after_retention(world: World) -> None:
    """Expired messages are back until the job runs; a page that saw them go holds as many changes as the room then has."""
    reader, room = world.clients[2], world.rooms[0]
    say(world, 3)
    make_backup(world)
    invalidate_all(world, room)
    await reader.open(room)
    restore(world)
    world.post(world.people[0], room, world.new_id(), world.words())
    await reader.connect()
    await everything_arrives(world, reader)


def invalidate_all(world: World, room: str) -> None:
    """And empties the rows."""
    operations.expire_there(world, room, world.clock.now() + timedelta(seconds=1))
    operations.empty_all(world)


def ban(world: World, moderator: Person, person: Person) -> None:
    """Bans from the first room."""
    room = world.rooms[0]
    world.oracle.banned.add((room, person.pk))
    world.do(actions.ban_member, moderator, UUID(room), member(room, person))


def member(room: str, person: Person) -> int:
    return Member.objects.get(room=room, person=person).pk


def proceed(reader: Client, kind: str, times: int) -> None:
    """A request is admitted, answered, applied."""
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
            process.hub.receive(process.layer.pop(0))
    await world.settle()
    hear(reader)


def hear(reader: Client) -> None:
    while reader.inbox:
        reader.hear(reader.inbox.pop(0))


def meet(stage: Stage, scenario: Callable[[World], object]) -> None:
    def happen(world: World) -> object:
        world.calm = True
        return scenario(world)

    with Run(stage, 0) as run:
        run.let(0, happen)


@pytest.mark.parametrize(
    ("scenario", "broken"),
    [
        (an_edit, mutants.history_never_lowers_what_is_held),
        (a_start_over, mutants.history_joins_anything),
        (two_who_want_the_last_use, mutants.a_link_is_used_past_its_limit),
        (a_removal_after_an_invitation, mutants.an_invitation_brings_back_who_was_removed),
        (a_message_after_hiding, mutants.a_hidden_conversation_never_comes_back),
        (
            a_conversation_that_comes_back_while_a_page_is_loaded,
            mutants.a_page_carries_no_version_of_the_person,
        ),
        (a_way_back_after_a_ban, mutants.a_ban_does_not_stand),
        (a_ban_of_somebody_with_two_pages, mutants.a_ban_misses_one_of_the_sockets),
        (words_of_somebody_silenced, mutants.who_is_silenced_posts),
        (two_who_write_to_each_other, mutants.a_set_of_people_has_two_conversations),
        (an_invitation_of_two_days_ago, mutants.an_invitation_never_expires),
        (reading, mutants.reading_goes_back),
        (edits_that_overtake_each_other, mutants.older_versions_replace_newer_ones),
        (an_edit_that_overtakes_a_message, mutants.the_newest_edit_is_the_last_line),
        (a_late_copy_of_what_was_refused, mutants.what_was_refused_stays_so),
        (as_much_said_after_a_backup_as_before, mutants.a_restore_keeps_the_old_versions),
        (a_frame_of_before_the_restore, mutants.a_late_frame_changes_what_is_held),
        (a_list_with_more_than_there_is_after_the_restore, mutants.a_restore_leaves_the_last_line),
        (
            a_nudge_of_before_the_restore_that_says_what_is_gone,
            mutants.what_was_gone_before_a_restore_stays_read,
        ),
        (an_edit_of_what_just_expired, mutants.what_is_expired_is_edited),
        (
            a_page_with_what_is_expired_and_a_post_that_was_taken,
            mutants.a_page_goes_on_from_before_what_is_expired,
        ),
        (
            a_page_with_what_is_expired_and_a_post_that_was_taken,
            mutants.what_is_expired_leaves_no_id,
        ),
        (a_room_of_which_nothing_is_left, mutants.what_is_expired_stays_the_last_line),
        (a_room_that_expires_half_of_what_is_unread, mutants.elsewhere_what_is_expired_stays_unread),
        (a_restore_after_retention, mutants.a_restore_keeps_the_old_versions),
    ],
)
def test_a_rare_meeting_comes_out_right_and_is_missed_without_its_rule(
    scenario: Callable[[World], object], broken: Plant, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet(stage, scenario)
    broken(monkeypatch)
    with pytest.raises(AssertionError):
        meet(stage, scenario)
