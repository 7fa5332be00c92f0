"""Posts that arrive during a commit are committed together, and each sender gets their own answer."""

import asyncio
import threading
from typing import Any
from uuid import uuid4

import pytest
from django.db import DataError, connection, transaction

from chat import actions
from chat.actions import Posted, Posting, post_messages, posting, rendered
from chat.errors import ChatError, Invalid
from chat.live import post_batcher
from chat.live.post_batcher import PostBatcher
from chat.models import Member, Message, Person, Room
from tests.conftest import say


def a_posting(person: Person, room: Room, body: str, **changes: Any) -> Posting:
    return Posting(**{"person": person, "room_id": room.pk, "id": uuid4(), "body": body} | changes)


def told(outcomes: list[Posted | ChatError]) -> list[str]:
    return [
        outcome.message.body if isinstance(outcome, Posted) else type(outcome).__name__
        for outcome in outcomes
    ]


@pytest.mark.django_db
def test_one_bad_post_spoils_no_other(
    alice: Person, bob: Person, charlie: Person, room: Room, open_room: Room
) -> None:
    known = say(alice, room, "There already")
    again = a_posting(alice, room, "There already", id=known.pk)
    twice = a_posting(bob, room, "Twice")
    outcomes = post_messages(
        [
            a_posting(alice, room, "First"),
            a_posting(bob, room, " "),
            a_posting(charlie, room, "A stranger's"),
            a_posting(alice, open_room, "Elsewhere"),
            again,
            a_posting(bob, room, "Mine", id=known.pk),
            twice,
            twice,
            a_posting(bob, room, "No such room", room_id=uuid4()),
            a_posting(bob, room, "Last"),
        ]
    )
    assert told(outcomes) == [
        "First",
        "Invalid",
        "NotFound",
        "Elsewhere",
        "There already",
        "Conflict",
        "Twice",
        "Twice",
        "NotFound",
        "Last",
    ]
    posted = [outcome for outcome in outcomes if isinstance(outcome, Posted)]
    assert [one.created for one in posted] == [True, True, False, True, False, True]
    here = list(Message.objects.filter(room=room).order_by("seq"))
    assert [message.body for message in here] == ["There already", "First", "Twice", "Last"]
    assert [message.seq for message in here] == [1, 2, 3, 4]
    assert [message.continues for message in here] == [False, True, False, True]
    room.refresh_from_db()
    assert (room.version, room.last_seq) == (here[-1].version, 4)
    assert [Member.objects.get(room=room, person=p).read_seq for p in (alice, bob)] == [2, 4]
    assert Member.objects.get(room=open_room, person=alice).read_seq == 1


@pytest.mark.django_db
def test_a_text_that_the_database_refuses_spoils_no_other(
    alice: Person, bob: Person, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = posting._insert

    def insert(postings: list[Posting], html: list[str]) -> list[Posted | ChatError]:
        if "Refused" in [each.body for each in postings]:
            raise DataError
        return real(postings, html)

    monkeypatch.setattr(posting, "_insert", insert)
    outcomes = post_messages([a_posting(alice, room, body) for body in ("First", "Refused", "Last")])
    assert told(outcomes) == ["First", "Invalid", "Last"]


@pytest.mark.django_db(transaction=True)
async def test_a_text_with_which_we_fail_spoils_no_other(
    alice: Person, bob: Person, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    def render(body: str) -> str:
        if body == "Faulty":
            raise ZeroDivisionError
        return body

    monkeypatch.setattr(posting, "render", render)
    batcher = PostBatcher()
    bodies = ("First", "Faulty", "Last")
    outcomes = await asyncio.gather(
        *(batcher.post(a_posting(alice, room, body)) for body in bodies), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [Posted, ZeroDivisionError, Posted]
    assert [message.body async for message in Message.objects.filter(room=room).order_by("seq")] == [
        "First",
        "Last",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("many", [2, 30])
def test_a_batch_takes_the_same_queries_however_many(
    many: int, alice: Person, bob: Person, room: Room, open_room: Room, django_assert_num_queries, settings
) -> None:
    settings.CHAT_LIMITS = {"post": (1000, 60)}
    actions.join_room(bob, open_room.pk)
    postings = [a_posting((alice, bob)[n % 2], (room, open_room)[n // 2 % 2], f"{n}") for n in range(many)]
    # Known ids; the locks and the senders; three writes; a savepoint. On PostgreSQL each group is one round trip.
    with django_assert_num_queries(8 if connection.vendor == "sqlite" else 5):
        post_messages(postings)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite has one writer at a time")
def test_an_id_that_another_process_takes_meanwhile_spoils_no_other(
    alice: Person, bob: Person, room: Room, open_room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, taken = a_posting(bob, room, "Mine"), uuid4()
    keep = posting._keep

    def meanwhile(postings: list[Posting]) -> Any:
        monkeypatch.setattr(posting, "_keep", keep)
        other = threading.Thread(target=lambda: (say_in(open_room), connection.close()))
        other.start()
        other.join()
        return keep(postings)

    def say_in(where: Room) -> None:
        actions.post_message(alice, where.pk, id=taken, body="Theirs")

    monkeypatch.setattr(posting, "_keep", meanwhile)
    outcomes = post_messages([a_posting(bob, room, "Taken", id=taken), mine])
    assert told(outcomes) == ["Conflict", "Mine"]


@pytest.mark.django_db(transaction=True)
async def test_what_comes_while_a_commit_is_under_way_is_one_commit(
    alice: Person, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    first_is_under_way, others_came = threading.Event(), threading.Event()

    def slowly(postings: list[Posting]) -> Any:
        sizes.append(len(postings))
        if len(sizes) == 1:
            first_is_under_way.set()
            others_came.wait(5)
        return post_messages(postings)

    monkeypatch.setattr(post_batcher, "post_messages", slowly)
    here = PostBatcher()
    first = asyncio.create_task(here.post(a_posting(alice, room, "0")))
    await asyncio.to_thread(first_is_under_way.wait, 5)
    others = [asyncio.create_task(here.post(a_posting(alice, room, f"{n}"))) for n in range(1, 6)]
    bad = asyncio.create_task(here.post(a_posting(alice, room, "")))
    gone = asyncio.create_task(here.post(a_posting(alice, room, "6")))
    await asyncio.sleep(0)
    gone.cancel()
    others_came.set()
    await asyncio.gather(first, *others)
    with pytest.raises(Invalid):
        await bad
    assert sizes == [1, 7]
    bodies = [message.body async for message in Message.objects.filter(room=room).order_by("seq")]
    assert bodies == ["0", "1", "2", "3", "4", "5", "6"]


@pytest.mark.django_db(transaction=True)
async def test_what_the_database_raises_reaches_every_sender(
    alice: Person, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(post_batcher, "post_messages", away)
    here = PostBatcher()
    answers = await asyncio.gather(
        *(here.post(a_posting(alice, room, "x")) for _ in range(3)), return_exceptions=True
    )
    assert [type(answer) for answer in answers] == [ConnectionError] * 3
    assert here._working is None


@pytest.mark.django_db(transaction=True)
async def test_what_takes_long_to_render_holds_up_nobody_but_its_sender(
    alice: Person, bob: Person, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendering, enough = threading.Event(), threading.Event()

    def slowly(one: Posting) -> Posting:
        rendering.set()
        enough.wait(10)
        return rendered(one)

    monkeypatch.setattr(post_batcher, "rendered", slowly)
    here = PostBatcher()
    code = asyncio.create_task(here.post(a_posting(alice, room, "```java\na\n```")))
    await asyncio.to_thread(rendering.wait, 10)
    after = asyncio.create_task(here.post(a_posting(alice, room, "and this")))
    assert (await here.post(a_posting(bob, room, "Quick"))).created
    assert not code.done()
    assert not after.done()
    enough.set()
    await asyncio.gather(code, after)
    bodies = [message.body async for message in Message.objects.filter(room=room).order_by("seq")]
    assert bodies == ["Quick", "```java\na\n```", "and this"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite has no row locks")
def test_a_post_that_waited_for_the_room_is_dated_after_the_wait(
    alice: Person, bob: Person, room: Room
) -> None:
    """Times have the same order as the numbers."""
    posted: list[Any] = []

    def post() -> None:
        posted.append(say(bob, room, "Waited"))
        connection.close()

    waiting = threading.Thread(target=post)
    with transaction.atomic():
        Room.objects.select_for_update().get(pk=room.pk)
        waiting.start()
        with connection.cursor() as cursor:
            for _ in range(5000):
                cursor.execute(
                    "SELECT 1 FROM pg_locks WHERE NOT granted"
                )  # activity would have the time of the transaction's start
                if cursor.fetchone():
                    break
            else:
                pytest.fail("nobody waits")
            cursor.execute("SELECT pg_sleep(0.05), clock_timestamp()")
            released = cursor.fetchone()[1]
    waiting.join(10)
    assert posted[0].created_at > released
