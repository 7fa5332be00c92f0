"""A room keeps its messages for as long as its owner says: what is older is gone for everybody, and nobody trips over it."""

import asyncio
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from chat import actions, exporting
from chat.actions import forgetting
from chat.clock import clock
from chat.errors import Gone, Invalid, Refused
from chat.live.hub import Hub
from chat.live.recording import Recording
from chat.models import AuditEntry, Member, Message, Person, Report, Room
from tests.conftest import client_of, say, script_of
from tests.live import do, listen, stop

WEEK = timedelta(days=7)


def aged(room: Room, days: float, up_to: int = 2**40) -> None:
    """What was said there was said so long ago."""
    Message.objects.filter(room=room, seq__lte=up_to).update(created_at=Now() - timedelta(days=days))


def keep(owner: Person, room: Room, days: int) -> None:
    room.refresh_from_db()
    actions.edit_room(owner, room.pk, name=room.name, topic=room.topic, keep_days=days)
    room.refresh_from_db()


def empty_all() -> None:
    while actions.empty_some():
        pass


def read_seq(person: Person, room: Room) -> int:
    return Member.objects.values_list("read_seq", flat=True).get(person=person, room=room)


@pytest.fixture
def said(alice: Person, bob: Person, room: Room) -> list[Message]:
    """Six messages by turns; the first four of them are ten days old."""
    made = [say(alice if n % 2 else bob, room, f"Words {n}") for n in range(1, 7)]
    aged(room, 10, up_to=4)
    room.refresh_from_db()
    return made


# What is gone


def test_what_is_older_is_gone_for_everybody_at_once_and_the_rest_stays(
    alice: Person, bob: Person, room: Room, said: list[Message]
) -> None:
    held = room.version
    keep(alice, room, 7)
    assert (room.first_seq, room.last_seq, room.emptied_seq) == (5, 6, 4)
    assert (room.version, room.floor, room.details_version) == (held + 2, held + 2, held + 2)
    assert (read_seq(alice, room), read_seq(bob, room)) == (5, 6)  # what each wrote last
    page, script = client_of(bob), script_of(bob)
    shown = page.get(f"/rooms/{room.pk}/").content.decode()
    assert [f"Words {n}" in shown for n in range(1, 7)] == [False] * 4 + [True] * 2
    assert 'data-at-start="1"' in shown
    for part in ("before=5", "before=99", "around=2", "around=5", "after=0", "newest", "on=2000-01-01"):
        answer = script.get(f"/rooms/{room.pk}/messages/?{part}")
        assert b"Words 4" not in answer.content, part
        assert (b"Words 5" in answer.content) == (part != "before=5"), part
        assert ("Chat-At-Start" in answer) == (part != "after=0"), part
    day = page.get(f"/rooms/{room.pk}/?on=2000-01-01")
    assert day["Location"].startswith(f"/rooms/{room.pk}/?at=5#")
    assert [row["text"] for row in exporting._messages(bob)] == ["Words 6"]
    assert list(Message.objects.filter(body="").values_list("seq", flat=True)) == [1, 2, 3, 4]


def test_whoever_follows_a_link_or_had_it_in_hand_is_told_that_it_is_gone(
    alice: Person, bob: Person, charlie: Person, mia: Person, room: Room, said: list[Message]
) -> None:
    report = actions.report_message(bob, said[2].pk, "spam")
    keep(alice, room, 7)
    of_bob, of_alice = said[1].pk, said[0].pk
    for path in ("", "edit/", "delete/", "acts/", "report/"):
        there, nowhere = f"/messages/{of_bob}/{path}", f"/messages/{uuid4()}/{path}"
        answer = client_of(bob).get(there)
        assert answer.status_code == 410, path
        assert b"not kept any more" in answer.content
        assert f'href="/rooms/{room.pk}/">Go to its room' in answer.content.decode()
        assert client_of(charlie).get(there).status_code == client_of(bob).get(nowhere).status_code == 404
    assert script_of(bob).get(f"/rooms/{room.pk}/messages/?around={of_bob}").status_code == 404
    version = Room.objects.get(pk=room.pk).version
    for act, args in (
        (actions.edit_message, (of_bob, "Other words")),
        (actions.delete_message, (of_bob,)),
        (actions.report_message, (of_alice, "spam")),
    ):
        with pytest.raises(Gone):
            act(bob, *args)
    # Moderators decide about what was reported; what that was stays with the report.
    actions.decide_report(mia, report.pk, "deleted")
    assert Report.objects.get().body == "Words 3"
    assert client_of(mia).get(f"/admin/chat/report/{report.pk}/change/").status_code == 200
    assert Room.objects.get(pk=room.pk).version == version


def test_at_the_desk_it_is_gone_too(bob: Person, mia: Person, room: Room, said: list[Message]) -> None:
    """From the list of messages, and from around one that was reported."""
    report = actions.report_message(bob, said[4].pk, "spam")
    actions.forget(room.pk, clock.now() - WEEK)
    for path in ("message/", f"report/{report.pk}/change/"):
        page = client_of(mia).get(f"/admin/chat/{path}").content
        assert (b"Words 4" in page, b"Words 5" in page) == (False, True), path


def test_an_edit_that_waits_for_the_lock_meanwhile_is_refused(
    bob: Person, room: Room, said: list[Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    from chat.actions import messages

    real = messages._room_of

    def found(*asked: Any) -> Any:
        where = real(*asked)
        actions.forget(room.pk, clock.now() - WEEK)
        return where

    monkeypatch.setattr(messages, "_room_of", found)
    with pytest.raises(Gone):
        actions.edit_message(bob, said[1].pk, "Other words")


def test_a_late_repeat_is_still_one_and_repeats_nothing(bob: Person, room: Room, said: list[Message]) -> None:
    """Before its row is emptied and after; with other words it is answered as a deleted one is."""
    actions.forget(room.pk, clock.now() - WEEK)
    for words in ("Words 2", "Words 2", "Other words"):
        answer = script_of(bob).post(f"/rooms/{room.pk}/messages/", {"id": said[1].pk, "body": words})
        assert answer.status_code == 200
        assert b"Words 2" not in answer.content
        assert b"data-deleted" in answer.content
        empty_all()
    assert Message.objects.count() == 6


def test_a_room_of_which_nothing_is_left_goes_on(alice: Person, bob: Person, room: Room) -> None:
    """Its line says nothing, nobody has anything to read, and the next message is the first of its author again."""
    for n in range(3):
        say(alice, room, f"Words {n}")
    assert actions.forget(room.pk, clock.now() + timedelta(minutes=1))
    room.refresh_from_db()
    assert (room.first_seq, room.last_seq, read_seq(bob, room)) == (4, 3, 3)
    shown = client_of(bob).get(f"/rooms/{room.pk}/").content.decode()
    assert 'data-at-start="1" data-at-end="1"' in shown
    assert "Words" not in shown
    assert '<span class="badge" hidden>0<' in shown
    assert script_of(bob).get(f"/rooms/{room.pk}/changes/?after=0")["Chat-At-Start"] == "1"
    assert client_of(bob).get(f"/rooms/{room.pk}/?on=2026-01-01").status_code == 200
    assert not say(alice, room, "Anew").continues
    assert "Anew" in client_of(bob).get("/rooms/").content.decode()
    assert read_seq(bob, room) == 3
    assert not actions.forget(room.pk, clock.now() - WEEK)


def test_who_moderates_or_bans_or_leaves_for_good_touches_nothing_that_is_forgotten(
    alice: Person, bob: Person, mia: Person, room: Room, said: list[Message]
) -> None:
    """A frame about it would bring it back into pages that begin with the room's beginning."""
    aged(room, 0.5, up_to=4)  # a ban takes what was said in the last day
    actions.forget(room.pk, clock.now() - timedelta(hours=1))
    floor = Room.objects.get(pk=room.pk).floor
    actions.moderate_message(mia, said[1].pk)
    actions.ban_member(alice, room.pk, Member.objects.get(room=room, person=bob).pk, wipe=True)
    assert not Message.objects.filter(seq__lt=5, version__gt=floor).exists()
    actions.delete_account(bob, with_messages=True)
    assert not Message.objects.filter(seq__lt=5, version__gt=floor).exists()
    assert Message.objects.get(seq=2).body == "Words 2"  # until the next turn
    empty_all()
    assert not Message.objects.filter(author=bob).exclude(body="").exists()


# Who learns of it


def test_a_page_from_before_starts_over_and_one_from_after_does_not(
    alice: Person, bob: Person, room: Room, said: list[Message]
) -> None:
    keep(alice, room, 7)
    script = script_of(bob)
    for after in (0, said[5].version, room.floor - 1):
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
    await members.aupdate(active=False)  # whatever told of it was lost
    await Room.objects.filter(pk=room.pk).aupdate(epoch=1)
    assert await do(actions.forget, room.pk, clock.now() + timedelta(minutes=1))
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
    assert await do(actions.forget, room.pk, clock.now() + timedelta(minutes=1))
    one, _ = await asyncio.wait(
        [asyncio.create_task(page.until(lambda heard: heard.of("beat")[1:])) for page in pages],
        return_when=asyncio.FIRST_COMPLETED,
    )
    assert (len(one), sum(bool(page.of("beat")[1:]) for page in pages)) == (1, 1)
    go_on.set()
    for page in pages:
        assert await page.until(lambda heard: heard.of("beat")[1:])
    await stop(hub)


# When


def test_a_turn_forgets_in_each_room_what_it_does_not_keep(
    alice: Person, bob: Person, room: Room, open_room: Room, settings, monkeypatch, django_assert_num_queries
) -> None:
    """Archived rooms too; and all rooms what the place does not keep, conversations of two as well."""
    direct = actions.open_direct(bob, [alice.pk])
    rooms = (room, open_room, direct)
    for each in rooms:
        say(alice, each, "Old")
        say(alice, each, "New")
        aged(each, 40, up_to=1)
    Room.objects.filter(pk=open_room.pk).update(keep_days=365, archived_at=timezone.now())
    Room.objects.filter(pk=room.pk).update(keep_days=30)

    def firsts() -> list[int]:
        return [Room.objects.get(pk=each.pk).first_seq for each in rooms]

    monkeypatch.setattr(forgetting, "ROOMS", 2)
    assert not actions.forget_due()
    assert firsts() == [2, 1, 1]
    with django_assert_num_queries(1):
        actions.forget_due()
    settings.CHAT_KEEP_DAYS = 31
    assert actions.forget_due()
    assert not actions.forget_due()
    assert firsts() == [2, 2, 2]
    settings.CHAT_KEEP_DAYS = 41
    assert Room.objects.get(pk=room.pk).days_kept == 30
    assert Room.objects.get(pk=direct.pk).days_kept == 41
    assert "Messages are kept for 41 days." in client_of(bob).get(f"/rooms/{direct.pk}/").content.decode()


def test_what_is_forgotten_is_emptied_in_batches_and_one_cut_short_is_gone_on_with(
    alice: Person, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(9):
        say(alice, room, f"Words {n}")
    actions.delete_message(alice, Message.objects.get(seq=2).pk)
    deleted_at = Message.objects.get(seq=2).deleted_at
    monkeypatch.setattr(forgetting, "BATCH", 3)
    aged(room, 8, up_to=8)
    keep(alice, room, 7)

    def there() -> list[int]:
        return list(Message.objects.exclude(body="").order_by("seq").values_list("seq", flat=True))

    assert there() == [4, 5, 6, 7, 8, 9]  # one batch at once
    assert actions.empty_some()
    assert there() == [7, 8, 9]
    empty_all()
    assert there() == [9]
    assert not actions.empty_some()
    assert Message.objects.get(seq=2).deleted_at == deleted_at
    assert set(Message.objects.filter(seq__lte=8).values_list("html", "excerpt", "fingerprint")) == {
        ("", "", "")
    }


def test_an_owner_who_chooses_a_longer_time_in_the_last_moment_keeps_all(
    alice: Person, room: Room, said: list[Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    Room.objects.filter(pk=room.pk).update(keep_days=7)
    real = forgetting._due

    def found(now: datetime) -> Iterator[UUID]:
        for room_id in list(real(now)):
            keep(alice, room, 30)
            yield room_id

    monkeypatch.setattr(forgetting, "_due", found)
    actions.forget_due()
    room.refresh_from_db()
    assert (room.keep_days, room.first_seq) == (30, 1)


def test_a_clock_that_was_set_back_leaves_nothing_behind(room: Room, said: list[Message]) -> None:
    """The fifth message is older than the fourth."""
    actions.forget(room.pk, clock.now() - WEEK)
    Message.objects.filter(seq=5).update(created_at=Now() - timedelta(days=11))
    Room.objects.filter(pk=room.pk).update(keep_days=7)
    actions.forget_due()
    assert Room.objects.get(pk=room.pk).first_seq == 6


def test_the_clock_is_that_of_the_database(
    alice: Person, room: Room, said: list[Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    """This process' own is eleven days ahead; it knows by how much."""
    off = timedelta(days=11)
    real = timezone.now
    monkeypatch.setattr(clock, "behind", -off.total_seconds())
    monkeypatch.setattr("chat.clock.timezone.now", lambda: real() + off)
    Room.objects.filter(pk=room.pk).update(keep_days=11)
    actions.forget_due()
    assert Room.objects.get(pk=room.pk).first_seq == 1
    Room.objects.filter(pk=room.pk).update(keep_days=9)
    actions.forget_due()
    assert Room.objects.get(pk=room.pk).first_seq == 5


@pytest.mark.django_db(transaction=True)
def test_of_two_processes_at_once_one_forgets_and_the_other_finds_nothing(alice: Person, room: Room) -> None:
    for n in range(4):
        say(alice, room, f"Words {n}")
    before = clock.now() + timedelta(minutes=1)
    version = Room.objects.get(pk=room.pk).version
    ready, done = threading.Barrier(2), []

    def turn() -> None:
        ready.wait()
        try:
            done.append(actions.forget(room.pk, before))
            empty_all()
        finally:
            connection.close()

    if connection.vendor == "postgresql":
        both = [threading.Thread(target=turn) for _ in range(2)]
        for each in both:
            each.start()
        for each in both:
            each.join()
    else:  # SQLite has one writer
        done = [actions.forget(room.pk, before) for _ in range(2)]
        empty_all()
    assert sorted(done) == [False, True]
    room.refresh_from_db()
    assert (room.version, room.first_seq, room.emptied_seq) == (version + 1, 5, 4)


@pytest.mark.django_db(transaction=True)
async def test_the_process_does_it_beside_everything_else_and_outlives_a_database_that_is_away(
    alice: Person, room: Room, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await do(say, alice, room, "Old")
    await do(aged, room, 2)
    await Room.objects.filter(pk=room.pk).aupdate(keep_days=1)
    hours = Recording()
    with monkeypatch.context() as put:
        put.setattr(forgetting, "_due", None)
        await hours.write(clock.now())
        await hours._forgetting.rest()
    assert "could not be forgotten" in caplog.text
    await hours.write(clock.now() + timedelta(hours=1))
    await hours._forgetting.rest()
    await hours.end()
    found = await Room.objects.aget(pk=room.pk)
    assert (found.first_seq, found.emptied_seq) == (2, 1)
    assert (await Message.objects.aget()).body == ""


# The screen


def test_owners_say_how_long_and_are_asked_before_anything_is_deleted(
    alice: Person, bob: Person, room: Room, said: list[Message], settings
) -> None:
    page, form = client_of(alice), f"/rooms/{room.pk}/edit/"
    told = {"name": room.name, "topic": room.topic, "slow_seconds": "0", "writers": "everybody"}
    assert "Keep messages" in page.get(form).content.decode()
    odd = page.post(form, told | {"keep_days": "8"})
    assert (odd.status_code, b"8 is not one of the available choices" in odd.content) == (422, True)
    asked = page.post(form, told | {"keep_days": "7"}).content.decode()
    assert "more than 7 days ago is deleted now" in asked
    assert 'name="keep_days" value="7"' in asked
    back = page.post(form, told | {"topic": "Typed too", "slow_seconds": "30", "keep_days": "7", "keep": "1"})
    assert back.status_code == 200
    for chosen in (
        'value="Typed too"',
        '<option value="30" selected>30 s',
        '<option value="0" selected>For ever',
    ):
        assert chosen in back.content.decode()
    assert Room.objects.get(pk=room.pk).first_seq == 1
    assert page.post(form, told | {"keep_days": "7", "sure": "1"}).status_code == 302
    assert Room.objects.get(pk=room.pk).first_seq == 5
    assert page.post(form, told | {"keep_days": "30"}).status_code == 302  # longer: nothing to be asked
    assert page.post(form, told).status_code == 302  # not given: as it was
    assert Room.objects.get(pk=room.pk).keep_days == 30
    shown = client_of(bob).get(f"/rooms/{room.pk}/").content.decode()
    assert "Messages are kept for 30 days." in shown
    assert "Older messages are not kept" in shown
    assert page.post(form, told | {"keep_days": "0"}).status_code == 302
    assert Room.objects.get(pk=room.pk).keep_days is None
    noted = AuditEntry.objects.order_by("pk").values_list("act", "details")
    assert list(noted) == [("retention", {"keep_days": days}) for days in (7, 30, None)]
    settings.CHAT_KEEP_DAYS = 20
    offered = page.get(form).content.decode()
    assert "In this place messages are kept for 20 days at most." in offered
    assert '<option value="0" selected>As long as this place: 20 days</option>' in offered
    assert [
        f">{words}</option>" in offered for words in ("1 year", "90 days", "30 days", "7 days", "1 day")
    ] == [False] * 3 + [True] * 2
    Room.objects.filter(pk=room.pk).update(keep_days=90)  # chosen before the place had a limit
    assert '<option value="90" selected>90 days</option>' in page.get(form).content.decode()


def test_whoever_thinks_of_joining_learns_it_too(alice: Person, bob: Person, open_room: Room) -> None:
    keep(alice, open_room, 1)
    assert "Messages are kept for one day." in client_of(bob).get(f"/rooms/{open_room.pk}/").content.decode()


def test_nobody_else_says_so_nor_any_time(
    alice: Person, bob: Person, room: Room, said: list[Message]
) -> None:
    told = {"name": room.name, "topic": room.topic, "keep_days": "1"}
    for more in ({}, {"sure": "1"}):
        assert client_of(bob).post(f"/rooms/{room.pk}/edit/", told | more).status_code == 403
    with pytest.raises(Refused):
        keep(bob, room, 1)
    with pytest.raises(Invalid):
        keep(alice, room, 2)
    assert Room.objects.get(pk=room.pk).first_seq == 1


@pytest.mark.django_db(transaction=True)
def test_a_late_repeat_does_not_bring_back_what_a_process_rendered_once(bob: Person, room: Room) -> None:
    message = say(bob, room, "Words")
    assert b"Words" in client_of(bob).get(f"/rooms/{room.pk}/").content
    actions.forget(room.pk, clock.now() + timedelta(minutes=1))
    for words in ("Words", "Other words"):
        answer = script_of(bob).post(f"/rooms/{room.pk}/messages/", {"id": message.pk, "body": words})
        assert (answer.status_code, b"Words" in answer.content) == (200, False)
        assert b"data-deleted" in answer.content
        empty_all()
