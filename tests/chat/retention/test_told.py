"""Pages and lists are notified when messages expire; people without access are not."""

import asyncio
from datetime import timedelta

import pytest

from chat import actions
from chat.db.clock import clock
from chat.live.hub import Hub
from chat.models import Member, Message, Person, Room
from tests.chat.retention.arranging import keep
from tests.conftest import say, script_of
from tests.support.live import do, listen, stop


def test_a_page_from_before_starts_over_and_one_from_after_does_not(
    alice: Person, bob: Person, room: Room, numbered: list[Message]
) -> None:
    keep(alice, room, 7)
    script = script_of(bob)
    for after in (0, numbered[5].version, room.floor - 1):
        answer = script.get(f"/rooms/{room.pk}/changes/?after={after}")
        assert (answer["Chat-Start-Over"], answer["Chat-At-Start"]) == ("1", "1"), after
        assert int(answer["Chat-Version"]) == room.version
        assert b'data-days="7" data-first="5"' in answer.content
        assert b"Words 4" not in answer.content
    assert "Chat-Start-Over" not in script.get(f"/rooms/{room.pk}/changes/?after={room.floor}")


@pytest.mark.django_db(transaction=True)
async def test_pages_ask_again_and_lists_are_fetched_but_not_by_who_is_out(
    alice: Person, bob: Person, charlie: Person, room: Room
) -> None:
    for n in range(3):
        await do(say, alice, room, f"Words {n}")
    await do(actions.add_member, alice, room.pk, "charlie")
    hub = Hub()
    looking, elsewhere, removed = (
        await listen(hub, alice, room),
        await listen(hub, bob),
        await listen(hub, charlie, room),
    )
    members = Member.objects.filter(room=room, person=charlie)
    await members.aupdate(active=False)  # the event was lost
    await Room.objects.filter(pk=room.pk).aupdate(epoch=1)
    assert await do(actions.expire_before, room.pk, clock.now() + timedelta(minutes=1))
    version = (await Room.objects.aget(pk=room.pk)).version
    told = await looking.until(lambda heard: heard.of("beat")[1:])
    assert (told[0]["room"], told[0]["version"]) == (str(room.pk), version)
    (nudge,) = await elsewhere.until(lambda heard: heard.of("nudge"))
    assert (nudge["version"], nudge["first"], nudge["last_seq"], nudge["last"]) == (version, 4, 3, None)
    assert await removed.until(lambda heard: heard.of("gone"))
    assert not removed.of("beat")[1:]
    await stop(hub)


@pytest.mark.django_db(transaction=True)
async def test_pages_of_one_room_do_not_all_start_over_in_the_same_moment(
    alice: Person, bob: Person, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    await do(say, alice, room, "Words")
    hub, go_on = Hub(), asyncio.Event()
    pages = [await listen(hub, alice, room), await listen(hub, bob, room)]

    async def wait(_seconds: float) -> None:
        await go_on.wait()

    await asyncio.sleep(0)
    monkeypatch.setattr("chat.live.hub._pause", wait)
    assert await do(actions.expire_before, room.pk, clock.now() + timedelta(minutes=1))
    one, _ = await asyncio.wait(
        [asyncio.create_task(page.until(lambda heard: heard.of("beat")[1:])) for page in pages],
        return_when=asyncio.FIRST_COMPLETED,
    )
    assert (len(one), sum(bool(page.of("beat")[1:]) for page in pages)) == (1, 1)
    go_on.set()
    for page in pages:
        assert await page.until(lambda heard: heard.of("beat")[1:])
    await stop(hub)
