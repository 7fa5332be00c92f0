"""When messages expire: in a background job, by the database's clock, by one process of several."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from chat import actions
from chat.actions import retention
from chat.db.clock import clock
from chat.jobs.recorder import Recorder
from chat.models import Message, Person, Room
from tests.chat.retention.arranging import WEEK, aged, empty_all, keep
from tests.conftest import client_of, say
from tests.support.live import do


def test_a_turn_expires_in_each_room_what_it_does_not_retain(
    alice: Person, bob: Person, room: Room, open_room: Room, settings, monkeypatch, django_assert_num_queries
) -> None:
    """Archived rooms too; and the workspace's limit holds for all rooms, direct conversations as well."""
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

    monkeypatch.setattr(retention, "ROOMS", 2)
    assert not actions.expire_due()
    assert firsts() == [2, 1, 1]
    with django_assert_num_queries(1):
        actions.expire_due()
    settings.CHAT_KEEP_DAYS = 31
    assert actions.expire_due()
    assert not actions.expire_due()
    assert firsts() == [2, 2, 2]
    settings.CHAT_KEEP_DAYS = 41
    assert Room.objects.get(pk=room.pk).retention_days == 30
    assert Room.objects.get(pk=direct.pk).retention_days == 41
    assert "Messages are kept for 41 days." in client_of(bob).get(f"/rooms/{direct.pk}/").content.decode()


def test_what_is_expired_is_emptied_in_batches_and_one_cut_short_is_gone_on_with(
    alice: Person, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(9):
        say(alice, room, f"Words {n}")
    actions.delete_message(alice, Message.objects.get(seq=2).pk)
    deleted_at = Message.objects.get(seq=2).deleted_at
    monkeypatch.setattr(retention, "BATCH", 3)
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
    alice: Person, room: Room, numbered: list[Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    Room.objects.filter(pk=room.pk).update(keep_days=7)
    real = retention._due

    def found(now: datetime) -> Iterator[UUID]:
        for room_id in list(real(now)):
            keep(alice, room, 30)
            yield room_id

    monkeypatch.setattr(retention, "_due", found)
    actions.expire_due()
    room.refresh_from_db()
    assert (room.keep_days, room.first_seq) == (30, 1)


def test_a_clock_that_was_set_back_leaves_nothing_behind(room: Room, numbered: list[Message]) -> None:
    """The fifth message is older than the fourth."""
    actions.expire_before(room.pk, clock.now() - WEEK)
    Message.objects.filter(seq=5).update(created_at=Now() - timedelta(days=11))
    Room.objects.filter(pk=room.pk).update(keep_days=7)
    actions.expire_due()
    assert Room.objects.get(pk=room.pk).first_seq == 6


def test_the_clock_is_that_of_the_database(
    alice: Person, room: Room, numbered: list[Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    """This process' own clock is eleven days ahead, and the process knows the difference."""
    off = timedelta(days=11)
    real = timezone.now
    monkeypatch.setattr(clock, "behind", -off.total_seconds())
    monkeypatch.setattr("chat.db.clock.timezone.now", lambda: real() + off)
    Room.objects.filter(pk=room.pk).update(keep_days=11)
    actions.expire_due()
    assert Room.objects.get(pk=room.pk).first_seq == 1
    Room.objects.filter(pk=room.pk).update(keep_days=9)
    actions.expire_due()
    assert Room.objects.get(pk=room.pk).first_seq == 5


@pytest.mark.django_db(transaction=True)
def test_of_two_processes_at_once_one_expires_messages_and_the_other_finds_nothing(
    alice: Person, room: Room
) -> None:
    for n in range(4):
        say(alice, room, f"Words {n}")
    before = clock.now() + timedelta(minutes=1)
    version = Room.objects.get(pk=room.pk).version
    ready, done = threading.Barrier(2), []

    def turn() -> None:
        ready.wait()
        try:
            done.append(actions.expire_before(room.pk, before))
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
        done = [actions.expire_before(room.pk, before) for _ in range(2)]
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
    hours = Recorder()
    with monkeypatch.context() as put:
        put.setattr(retention, "_due", None)
        await hours.write(clock.now())
        await hours._retention.rest()
    assert "could not be deleted" in caplog.text
    await hours.write(clock.now() + timedelta(hours=1))
    await hours._retention.rest()
    await hours.end()
    found = await Room.objects.aget(pk=room.pk)
    assert (found.first_seq, found.emptied_seq) == (2, 1)
    assert (await Message.objects.aget()).body == ""
