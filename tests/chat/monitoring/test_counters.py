"""The counters of a process: with known numbers, and each one moved by real events."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from channels.db import database_sync_to_async as do
from channels.layers import get_channel_layer

from chat import actions
from chat.actions.recording import HOURS_KEPT
from chat.errors import Limited
from chat.events import publishing
from chat.events.types import MessageChanged
from chat.jobs import recorder
from chat.limits import allow
from chat.live import sampling, subscribers
from chat.live.commands import Client, Malformed, parse
from chat.live.connections import Connection
from chat.live.frames import Frame
from chat.live.hub import Hub
from chat.models import Measure, Person, Room
from chat.monitoring import history, metrics
from chat.monitoring.counters import Counters, counters
from tests.conftest import say, script_of
from tests.support.live import listen, stop

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def counted(figure: str) -> dict[str, int]:
    return metrics.by_label(counters.take().values, figure)


@pytest.fixture
async def hub(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Hub]:
    monkeypatch.setattr(subscribers, "sampling", sampling.Sampling())
    made = Hub()
    yield made
    await stop(made)


# Numbers


def test_a_percentile_is_right_to_the_width_of_its_bucket() -> None:
    one = Counters()
    chance = random.Random(7)
    took = [chance.lognormvariate(-4, 0.8) for _ in range(5000)]  # around 18 ms, with a long tail
    for seconds in took:
        one.observe("screen", seconds)
    took.sort()
    found = one.take().values
    for share in (0.5, 0.95, 0.99):
        assert metrics.percentile(found, "screen", share) == pytest.approx(took[int(share * 5000)], rel=0.1)
    assert metrics.observed(found, "screen") == 5000
    assert found["screen+"] / 1e6 == pytest.approx(sum(took), rel=0.001)


def test_a_percentile_of_nothing_is_nothing_and_what_is_beyond_the_last_bound_is_told_as_that() -> None:
    assert metrics.percentile({}, "screen", 0.5) is None
    one = Counters()
    one.observe("screen", 3600)
    assert metrics.percentile(one.take().values, "screen", 0.5) == 10
    one.observe("request", 0.02, "2xx")
    one.observe("request", 0.02, "5xx")
    assert metrics.percentile(one.take().values, "request", 0.5) == pytest.approx(0.0175)


def test_processes_are_added_up_and_of_a_row_of_minutes_the_highest_level_counts() -> None:
    minutes = [
        metrics.added([{"posts:http": 1, "sockets": 3, "sockets^": 5}, {"posts:http": 2, "sockets^": 4}]),
        metrics.added([{"posts:http": 4, "sockets": 1, "sockets^": 2}]),
    ]
    assert minutes[0]["sockets^"] == 9
    whole = metrics.sum_over_time(minutes)
    assert (whole["posts:http"], whole["sockets"], whole["sockets^"]) == (7, 3, 9)


# Recording


@pytest.mark.django_db
def test_an_hour_is_made_of_its_minutes_once_and_what_is_old_goes() -> None:
    for minute in range(60):
        for process in ("one", "two"):
            values = {"posts:socket": 2, "sockets^": minute, "screen<=0.01": 1}
            actions.record(NOON + timedelta(minutes=minute), process, {"posts:socket": 1})
            actions.record(NOON + timedelta(minutes=minute), process, values)  # again: it replaces the first
    later = NOON + timedelta(hours=1, minutes=3)
    for _ in range(2):
        actions.roll_up(later)
    (hour,) = Measure.objects.hours()
    assert hour.at == NOON
    assert hour.figures == {"posts:socket": 240, "sockets^": 118, "screen<=0.01": 120}
    month = history.last_month(later)
    assert [point.values["posts:socket"] for point in month if point.values] == [240]
    actions.roll_up(NOON + timedelta(days=3))
    assert not Measure.objects.minutes().exists()
    actions.roll_up(NOON + HOURS_KEPT + timedelta(hours=1))
    assert not Measure.objects.exists()


@pytest.mark.django_db
def test_an_hour_that_is_not_rolled_up_yet_is_counted_once(django_assert_num_queries) -> None:
    for minute in range(0, 130, 10):
        actions.record(NOON + timedelta(minutes=minute), "one", {"deliveries": 1})
    now = NOON + timedelta(minutes=121)  # within the grace: the second hour has no row yet
    actions.roll_up(now)
    assert Measure.objects.hours().count() == 1
    with django_assert_num_queries(2):
        month = history.last_month(now)
    assert sum(point.values["deliveries"] for point in month if point.values) == 13
    with django_assert_num_queries(1):
        hour = history.last_hour(now)
    assert len(hour) == 60
    assert [point.at for point in hour if point.values] == [
        NOON + timedelta(minutes=minute) for minute in (70, 80, 90, 100, 110, 120)
    ]


async def test_a_process_keeps_its_minutes_and_loses_none_without_a_database(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = recorder.Recorder()
    start = one._minute
    counters.add("deliveries", by=5)
    counters.level("sockets", 7)
    counters.level("sockets", 2)
    await one.write(start + timedelta(seconds=10))
    await one.write(start + timedelta(seconds=60))
    with monkeypatch.context() as away:
        away.setattr(recorder, "record", lambda *_: 1 / 0)
        counters.add("deliveries", by=2)
        with pytest.raises(ZeroDivisionError):
            await one.write(start + timedelta(seconds=120))
    counters.add("deliveries")
    await one.end()
    rows = await do(lambda: list(Measure.objects.minutes().order_by("at")))()
    assert [(row.figures["deliveries"], row.figures["sockets^"]) for row in rows] == [(5, 7), (3, 2)]
    assert {row.process for row in rows} == {recorder.PROCESS}


# Events that move them


async def test_a_post_moves_what_it_should(alice: Person, bob: Person, room: Room, hub: Hub) -> None:
    looking, elsewhere = await listen(hub, bob, room), await listen(hub, bob)
    before = counters.take()
    await do(say)(alice, room)
    await looking.until(lambda one: one.frames)
    await elsewhere.until(lambda one: one.of("nudge"))
    found = counters.take().since(before)
    assert (found["deliveries"], found["nudges"], found["publishes"]) == (1, 1, 1)
    assert (found["sockets"], found["sockets^"]) == (2, 2)
    assert metrics.observed(found, "publish") == 1
    hub.leave(looking.socket)
    assert (counters.take().values["sockets"], counters.take().values["sockets^"]) == (1, 2)


async def test_a_screen_says_when_it_has_it_and_only_what_it_was_asked(
    alice: Person, bob: Person, room: Room, hub: Hub
) -> None:
    looking, other = await listen(hub, bob, room), await listen(hub, alice)
    await do(say)(alice, room)
    (asked,) = await looking.until(lambda one: one.of("sample"))
    await looking.until(lambda one: one.frames)
    sample, frame = [m["text"] for m in looking.sent if m["type"] == "websocket.send"][-2:]
    assert "sample" in sample  # right before the frame that it measures
    assert frame.startswith("<li")

    def seen(listening: Any, number: int) -> int:
        answer(listening.socket, number)
        return metrics.observed(counters.take().values, "screen")

    assert seen(other, asked["number"]) == 0  # no sample was requested
    assert seen(looking, asked["number"]) == 1
    assert seen(looking, asked["number"]) == 1  # once
    took = metrics.percentile(counters.take().values, "screen", 0.5)
    assert took is not None
    assert 0 < took < 5


async def test_a_forged_answer_and_a_late_one_count_for_nothing(
    bob: Person, room: Room, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    looking = await listen(hub, bob, room)
    ask = sampling.Sampling().ask
    ask(looking.socket, 0.0)  # published when the machine started, long ago
    number = looking.socket.sample[0]  # type: ignore[index]
    answer(looking.socket, number + 1)
    answer(looking.socket, number)  # a wrong answer ends the sample
    monkeypatch.setattr(sampling.time, "monotonic", lambda: sampling.PATIENCE + 1)
    ask(looking.socket, 0.0)
    answer(looking.socket, looking.socket.sample[0])  # type: ignore[index]
    assert metrics.observed(counters.take().values, "screen") == 0


def answer(connection: Connection, number: int) -> None:
    sampling.SeenCommand(Client(connection)).run(number)


@pytest.mark.parametrize(
    "text",
    [
        '{"type": "seen"}',
        '{"type": "seen", "number": "1"}',
        '{"type": "seen", "number": true}',
        '{"type": "seen", "number": -1}',
        '{"type": "seen", "number": 1.5}',
        '{"type": "seen", "number": 1e999}',
        '{"type": "seen", "number": 9007199254740992}',
    ],
)
def test_an_answer_that_is_none_is_no_frame_of_ours(text: str) -> None:
    with pytest.raises(Malformed):
        parse(text)
    assert parse('{"type": "seen", "number": 5}') == (sampling.SeenCommand, 5)


async def test_few_screens_are_asked_however_much_is_published(
    alice: Person, bob: Person, room: Room, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sampling, "PAUSE", 60)
    looking = await listen(hub, bob, room)
    for n in range(5):
        await do(say)(alice, room, f"Number {n}")
    await looking.until(lambda one: len(one.frames) == 5)
    assert len(looking.of("sample")) == counters.take().values["samples"] == 1


async def test_what_another_process_published_is_not_measured_by_our_clock(
    alice: Person, bob: Person, room: Room, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    looking = await listen(hub, bob, room)
    monkeypatch.setattr(publishing, "PROCESS", "another")
    await do(say)(alice, room)
    await looking.until(lambda one: one.frames)
    assert not looking.of("sample")


async def three_untold(alice: Person, room: Room, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Posts that were stored but not published, as envelopes of the layer."""
    events: list[Any] = []
    with monkeypatch.context() as keeping:
        keeping.setattr(publishing, "_send", events.extend)
        for n in range(3):
            await do(say)(alice, room, f"Number {n}")
    return [event.to_envelope() for event in events if isinstance(event, MessageChanged)]


async def test_a_gap_is_seen_and_closes_when_what_was_missing_comes(
    alice: Person, bob: Person, room: Room, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    await listen(hub, bob, room)
    first, second, third = await three_untold(alice, room, monkeypatch)
    hub.receive(third)
    assert (counted("gaps_seen"), counted("gaps_closed")) == ({"": 1}, {})
    hub.receive(first)
    assert counted("gaps_closed") == {}
    hub.receive(second)
    hub.receive(second)
    assert (counted("gaps_seen"), counted("gaps_closed")) == ({"": 1}, {"late": 1})


async def test_a_gap_that_nothing_fills_and_a_frame_that_is_lost_at_the_end_close_with_the_beat(
    alice: Person, bob: Person, room: Room, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    await listen(hub, bob, room)
    _, second, _ = await three_untold(alice, room, monkeypatch)
    hub.receive(second)  # the first and the last are lost
    assert (counted("gaps_seen"), counted("gaps_closed")) == ({"": 1}, {})
    await hub.beat()
    assert (counted("gaps_seen"), counted("gaps_closed")) == ({"": 2}, {"beat": 2})
    await hub.beat()
    assert (counted("gaps_seen"), counted("gaps_closed")) == ({"": 2}, {"beat": 2})


async def test_a_gap_that_nobody_looks_at_any_more_is_closed(
    alice: Person, bob: Person, room: Room, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    looking = await listen(hub, bob, room)
    told: list[Any] = []
    with monkeypatch.context() as keeping:
        keeping.setattr(publishing, "_send", told.extend)
        for n in range(2):
            await do(say)(alice, room, f"Number {n}")
    last = [event for event in told if isinstance(event, MessageChanged)][-1]
    hub.receive(last.to_envelope())
    hub.leave(looking.socket)
    await hub.beat()
    assert (counted("gaps_seen"), counted("gaps_closed")) == ({"": 1}, {"left": 1})


async def test_a_slow_reader_is_counted(bob: Person, room: Room, hub: Hub) -> None:
    looking = await listen(hub, bob, room)
    for _ in range(600):  # nothing is awaited in between, so nothing leaves its queue
        looking.socket.send(Frame("{}"))
    assert counted("closed") == {"slow": 1}


async def test_the_echo_of_the_layer_is_timed_and_its_silence_counted(
    bob: Person, room: Room, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.live.subscription.ECHO_SECONDS", 0.05)
    await listen(hub, bob, room)
    async with asyncio.timeout(5):
        while not metrics.observed(counters.take().values, "echo"):  # noqa: ASYNC110 - the subscription has no event for it
            await asyncio.sleep(0.01)
        layer = get_channel_layer()

        async def lose(*_: Any) -> None:
            pass

        monkeypatch.setattr(layer, "send", lose)
        while not counters.take().values["deaf"]:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert counted("errors") == {"layer": 1}


def test_posts_refusals_and_catch_ups_over_http_are_counted(alice: Person, bob: Person, room: Room) -> None:
    client = script_of(bob)
    key = str(uuid4())
    for body in ("Once", "Once", "Otherwise"):
        client.post(f"/rooms/{room.pk}/messages/", {"id": key, "body": body})
    assert counted("posts") == {"http": 1}
    assert counted("refused") == {"Conflict": 1}
    room.refresh_from_db()
    for after in (room.version, 1, room.version + 1):
        client.get(f"/rooms/{room.pk}/changes/?after={after}")
    assert counted("catch_ups") == {"nothing": 1, "some": 1, "start over": 1}


@pytest.mark.cache
def test_a_limit_that_is_hit_is_counted_by_its_name(settings) -> None:
    settings.CHAT_LIMITS = {"search": (3, 60)}
    for _ in range(3):
        allow("search", 1)
    for _ in range(2):
        with pytest.raises(Limited):
            allow("search", 1)
    assert counted("limits") == {"search": 2}
