"""Lost and overtaken events are noticed. The hub, its layer and the actions are the real ones."""

import asyncio
from typing import Any

import pytest
from django.db import OperationalError

from chat import actions
from chat.events import publishing
from chat.live import access
from chat.live.hub import Hub
from chat.models import Person, Room
from tests.chat.live.hub.conftest import member
from tests.conftest import say
from tests.support.live import do, listen

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_lost_message_is_found_by_the_beat(
    alice: Person, bob: Person, room: Room, hub: Hub, lossy: list[Any]
) -> None:
    looking, elsewhere = await listen(hub, bob, room), await listen(hub, bob)
    message = await do(say, alice, room)
    assert lossy
    await hub.beat()
    assert (await looking.until(lambda one: one.of("beat")[1:]))[0]["version"] == message.version
    await elsewhere.until(lambda one: one.of("rooms"))


async def test_what_could_not_be_checked_is_found_by_the_beat(
    alice: Person, bob: Person, charlie: Person, room: Room, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    await do(actions.add_member, alice, room.pk, "charlie")
    looking, elsewhere = await listen(hub, alice, room), await listen(hub, bob)
    asked = asyncio.Event()

    def unreachable(*_: Any) -> Any:
        asked.set()
        raise OperationalError

    with monkeypatch.context() as broken:
        broken.setattr(access, "still_in", unreachable)
        await do(actions.leave_room, charlie, room.pk)
        async with asyncio.timeout(5):
            await asked.wait()
            await hub.tasks.done()
    assert not looking.frames
    await hub.beat()
    await elsewhere.until(lambda one: one.of("rooms"))
    newest = (await Room.objects.aget(pk=room.pk)).version
    await looking.until(lambda one: one.of("beat")[-1]["version"] == newest)


@pytest.mark.parametrize("since", ["somebody came", "more was said"])
async def test_a_lost_message_is_told_elsewhere_also_when_the_hub_knows_of_later_ones(
    alice: Person,
    bob: Person,
    charlie: Person,
    room: Room,
    hub: Hub,
    monkeypatch: pytest.MonkeyPatch,
    since: str,
) -> None:
    """What the hub reads for a new connection, or receives later, does not repair the others' lists."""
    bobs = await listen(hub, bob)
    with monkeypatch.context() as losing:
        losing.setattr(publishing, "_send", lambda events: None)
        await do(say, alice, room, "Lost")
    if since == "somebody came":
        await listen(hub, alice, room)
    else:
        await do(actions.add_member, alice, room.pk, "charlie")
        await bobs.until(lambda one: one.of("nudge"))
    assert not bobs.of("rooms")
    await hub.beat()
    await bobs.until(lambda one: one.of("rooms"))


async def test_a_join_is_heard_and_a_lost_one_found_by_the_beat(
    alice: Person, charlie: Person, room: Room, hub: Hub, lossy: list[Any]
) -> None:
    charlies = await listen(hub, charlie)
    await do(actions.add_member, alice, room.pk, "charlie")
    await hub.beat()
    await charlies.until(lambda one: one.of("rooms"))
    assert str(room.pk) in charlies.socket.rooms


async def test_a_layer_that_restarts_is_noticed_by_the_missing_echo(
    alice: Person, bob: Person, room: Room, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chat.live import subscription as ear_module

    monkeypatch.setattr(ear_module, "ECHO_SECONDS", 0.05)
    looking = await listen(hub, bob, room)
    layer = hub._subscription._layer
    real_send, real_group_send = layer.send, layer.group_send

    async def dead(*_: Any, **__: Any) -> None:
        raise ConnectionError

    monkeypatch.setattr(layer, "send", dead)
    monkeypatch.setattr(layer, "group_send", dead)
    message = await do(say, alice, room)
    # While the layer is down, the hub reads the database at each tick.
    await looking.until(lambda one: [b for b in one.of("beat") if b["version"] == message.version])
    assert hub.layer_down
    monkeypatch.setattr(layer, "send", real_send)
    monkeypatch.setattr(layer, "group_send", real_group_send)
    async with asyncio.timeout(5):
        while hub.layer_down:  # noqa: ASYNC110 - the ear has no event to wait for
            await asyncio.sleep(0.02)
    await do(say, alice, room, "Back")
    await looking.until(lambda one: one.frames)


async def test_a_publish_that_fails_leaves_the_post_a_success(
    alice: Person, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Dead:
        async def group_send(self, *_: Any) -> None:
            raise ConnectionError

    monkeypatch.setattr(publishing, "get_channel_layer", Dead)
    message = await do(say, alice, room)
    assert message.seq == 1


async def test_who_enters_while_the_room_changes_misses_nothing(
    alice: Person, bob: Person, room: Room, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Changes between reading for a socket and subscribing it show in its first beat."""
    await listen(hub, alice, room)
    real = access.ask

    async def meanwhile(question: Any, *args: Any) -> Any:
        answer = await real(question, *args)
        if question is access.authenticate:
            monkeypatch.setattr(access, "ask", real)
            await do(say, alice, room, "Meanwhile")
            async with asyncio.timeout(5):
                while hub.registry.seen[str(room.pk)] == room.version:  # noqa: ASYNC110 - until the hub has heard it
                    await asyncio.sleep(0.01)
        return answer

    monkeypatch.setattr(access, "ask", meanwhile)
    bobs = await listen(hub, bob, room)
    assert bobs.messages[0]["version"] == room.version + 1


async def test_who_comes_while_a_room_is_checked_is_not_taken_for_checked(
    alice: Person, bob: Person, charlie: Person, room: Room, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    await do(actions.add_member, alice, room.pk, "charlie")
    alices = await listen(hub, alice, room)
    real = access.ask
    checking, answered, read, let_in = (asyncio.Event() for _ in range(4))

    async def in_turn(question: Any, *args: Any) -> Any:
        if question is access.still_in and not checking.is_set():
            checking.set()
            await answered.wait()
        answer = await real(question, *args)
        if question is access.authenticate:
            read.set()
            await let_in.wait()
        return answer

    monkeypatch.setattr(access, "ask", in_turn)
    async with asyncio.timeout(10):
        await do(actions.leave_room, charlie, room.pk)
        await checking.wait()
        entering = asyncio.create_task(listen(hub, bob, room))
        await read.wait()
        with monkeypatch.context() as losing:
            losing.setattr(publishing, "_send", lambda events: None)
            await do(actions.remove_member, alice, room.pk, (await member(room, bob)).pk)
        let_in.set()
        bobs = await entering
        answered.set()
        await hub.tasks.done()
    await do(say, alice, room, "Without Bob")
    await alices.until(lambda one: any("Without Bob" in frame for frame in one.frames))
    await bobs.until(lambda one: one.of("gone"))
    assert not any("Without Bob" in frame for frame in bobs.frames)


async def test_who_keeps_coming_during_checks_stops_nobody(
    alice: Person, bob: Person, charlie: Person, room: Room, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person who keeps opening sockets must not prevent the check of a room."""
    await do(actions.add_member, alice, room.pk, "charlie")
    alices = await listen(hub, alice, room)
    real = access.ask

    async def somebody_comes(question: Any, *args: Any) -> Any:
        if question is access.still_in:
            await listen(hub, bob, room)
        return await real(question, *args)

    monkeypatch.setattr(access, "ask", somebody_comes)
    await do(actions.leave_room, charlie, room.pk)
    await do(say, alice, room, "Heard all the same")
    await alices.until(lambda one: any("Heard all the same" in frame for frame in one.frames))


async def test_an_epoch_that_the_database_does_not_have_is_asked_about_once(
    alice: Person, room: Room, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a restored backup: the frame is from a history that no longer exists."""
    looking = await listen(hub, alice, room)
    told: list[Any] = []
    with monkeypatch.context() as keeping:
        keeping.setattr(publishing, "_send", told.extend)
        message = await do(say, alice, room)
    asked = []
    real = access.still_in
    monkeypatch.setattr(access, "still_in", lambda *args: asked.append(args) or real(*args))
    event = told[0].to_envelope()
    event["epoch"] += 5
    hub.receive(event)
    async with asyncio.timeout(5):
        await hub.tasks.done()
    assert len(asked) == 1
    assert not looking.frames
    await hub.beat()
    await looking.until(lambda one: one.of("beat")[-1]["version"] == message.version)
