"""Any part of a room's history: around a message, since a day, before and after; what it costs, and who may see it."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from chat import actions
from chat.db import sql
from chat.models import Member, Message, Person, Room
from chat.queries import room_page
from chat.queries.cached_fragments import Window
from chat.queries.page_parts import is_member
from chat.views import messages
from tests.conftest import client_of, say, script_of
from tests.support.long_room import long_room


@pytest.fixture
def long(alice: Person, bob: Person) -> Room:
    return long_room("long", [alice, bob], count=600, unread=100)


def seqs_of(page: HttpResponse) -> list[int]:
    return [int(seq) for seq in re.findall(r'<li class="message".* data-seq="(\d+)"', page.content.decode())]


def ends_of(answer: HttpResponse) -> tuple[bool, bool]:
    return "Chat-At-Start" in answer, "Chat-At-End" in answer


PARTS = (
    ("newest", range(561, 601), (False, True)),
    ("before=561", range(521, 561), (False, False)),
    ("before=20", range(1, 20), (True, False)),
    ("before=1", [], (True, False)),
    ("after=300", range(301, 341), (False, False)),
    ("after=560", range(561, 601), (False, True)),
    ("after=580", range(581, 601), (False, True)),
    ("after=600", [], (False, True)),
    ("around=300", range(280, 320), (False, False)),
    ("around=3", range(1, 23), (True, False)),
    ("around=599", range(579, 601), (False, True)),
    ("around=9999", range(9979, 601), (False, True)),
)


def test_each_part_says_what_it_reaches(alice: Person, long: Room) -> None:
    client = script_of(alice)
    for query, seqs, ends in PARTS:
        answer = client.get(f"/rooms/{long.pk}/messages/?{query}")
        if query != "around=9999":
            assert seqs_of(answer) == list(seqs), query
        assert ends_of(answer) == ends, query
        assert answer["Chat-Version"] == str(long.version)


def test_an_empty_room_reaches_both_ends(alice: Person, room: Room) -> None:
    assert ends_of(script_of(alice).get(f"/rooms/{room.pk}/messages/?newest")) == (True, True)


@pytest.mark.parametrize("query", ["newest", "around=300", "before=20", "after=599"])
def test_who_loses_a_room_for_a_moment_while_it_is_read_is_shown_no_empty_one(
    alice: Person, long: Room, query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each query checks the permission itself: between two of them a person may leave and come back."""
    real = messages.message_window
    answers = [Window("", None, None)]
    monkeypatch.setattr(messages, "message_window", lambda *asked: (answers or [real(*asked)]).pop())
    assert seqs_of(script_of(alice).get(f"/rooms/{long.pk}/messages/?{query}"))
    run = sql.run
    rows: list[int] = []

    def without_messages(*statements: sql.Statement) -> list[list[Any]]:
        found = run(*statements)
        rows.append(len(found[2]))
        return [*found[:2], [], *found[3:]] if len(rows) == 1 else found

    monkeypatch.setattr(sql, "run", without_messages)
    assert len(seqs_of(script_of(alice).get(f"/rooms/{long.pk}/"))) == 40
    assert rows == [40, 40]


def test_around_a_message_by_its_id_and_not_by_one_of_another_room(
    alice: Person, bob: Person, room: Room, long: Room
) -> None:
    message = Message.objects.get(room=long, seq=300)
    answer = script_of(alice).get(f"/rooms/{long.pk}/messages/?around={message.pk}")
    assert (seqs_of(answer)[20], answer["Chat-Seq"]) == (300, "300")
    assert script_of(alice).get(f"/rooms/{room.pk}/messages/?around={message.pk}").status_code == 404
    assert script_of(alice).get(f"/rooms/{long.pk}/messages/?around={uuid4()}").status_code == 404


def test_a_link_to_a_message_leads_into_its_room_and_nobody_else_there(
    alice: Person, bob: Person, charlie: Person, long: Room
) -> None:
    message = Message.objects.get(room=long, seq=300)
    path = f"/messages/{message.pk}/"
    answer = client_of(bob).get(path)
    assert answer["Location"] == f"/rooms/{long.pk}/?at=300#message-{message.pk}"
    page = client_of(bob).get(answer["Location"])
    assert seqs_of(page) == list(range(280, 320))
    for stranger in (charlie,):
        assert client_of(stranger).get(path).status_code == 404
    actions.remove_member(alice, long.pk, Member.objects.get(room=long, person=bob).pk)
    assert client_of(bob).get(path).status_code == 404
    assert client_of(bob).get(f"/messages/{uuid4()}/").status_code == 404


def test_whoever_edits_without_script_comes_back_to_the_message(alice: Person, long: Room) -> None:
    message = Message.objects.get(room=long, seq=400)
    answer = client_of(alice).post(f"/messages/{message.pk}/edit/", {"body": "Another text"})
    assert answer["Location"] == f"/rooms/{long.pk}/?at=400#message-{message.pk}"


def test_the_page_leads_on_in_both_directions_without_script(alice: Person, long: Room) -> None:
    def page(query: str) -> str:
        return client_of(alice).get(f"/rooms/{long.pk}/{query}").content.decode()

    newest = page("")
    assert 'href="?before=561"' in newest
    assert 'rel="next"' not in newest
    middle = page("?before=561")
    assert ('href="?before=521"' in middle, 'href="?after=560#oldest"' in middle) == (True, True)
    assert 'data-at-end=""' in middle
    start = page("?before=20")
    assert 'rel="prev"' not in start
    assert 'data-at-start="1"' in start
    assert 'rel="next"' not in page("?after=560")


@pytest.mark.parametrize("query", ["at=x", "at=-1", "before=1&after=2", "at=" + "9" * 40, "before="])
def test_a_page_that_makes_no_sense_is_a_clear_422(alice: Person, long: Room, query: str) -> None:
    answer = client_of(alice).get(f"/rooms/{long.pk}/?{query}")
    assert answer.status_code == 422
    assert b"Not possible" in answer.content


@pytest.mark.parametrize(
    "value",
    [
        "",
        "tomorrow",
        "2026-02-30",
        "2026-13-01",
        "0001-01-01",
        "9999-12-31",
        "+10000-01-01",
        "2026-1",
        "T",
        "1" * 9999,
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59-12:00",
        "2026-01-01T99:00:00Z",
        "20٢٦-01-01",
        "2026-01-01\0",
    ],
)
def test_what_is_no_day_is_a_clear_422(alice: Person, long: Room, value: str) -> None:
    for path in (f"/rooms/{long.pk}/", f"/rooms/{long.pk}/messages/"):
        answer = script_of(alice).get(path, {"on": value})
        assert answer.status_code == 422, path
        assert "like 2026-01-31" in answer.content.decode()


def sent(room: Room, author: Person, *moments: datetime) -> list[Message]:
    made = [say(author, room, f"At {moment}") for moment in moments]
    for message, moment in zip(made, moments, strict=True):
        Message.objects.filter(pk=message.pk).update(created_at=moment)
    return made


def test_a_day_begins_at_midnight_where_the_reader_is(alice: Person, room: Room) -> None:
    """Half past eight in the evening in UTC is the next day in Sofia."""
    sent(room, alice, datetime(2026, 1, 4, 20, 30, tzinfo=UTC), datetime(2026, 1, 4, 22, 30, tzinfo=UTC))
    assert "?at=1#" in client_of(alice).get(f"/rooms/{room.pk}/?on=2026-01-04")["Location"]
    Person.objects.filter(pk=alice.pk).update(time_zone="Europe/Sofia")
    assert "?at=2#" in client_of(alice).get(f"/rooms/{room.pk}/?on=2026-01-05")["Location"]
    # The page's script knows the browser's time zone, and sends the exact time.
    answer = script_of(alice).get(f"/rooms/{room.pk}/messages/", {"on": "2026-01-04T22:00:00.000Z"})
    assert answer["Chat-Seq"] == "2"


def test_a_day_without_messages_leads_to_the_next_one_and_says_so(alice: Person, room: Room) -> None:
    sent(room, alice, datetime(2026, 1, 4, 12, tzinfo=UTC), datetime(2026, 1, 9, 12, tzinfo=UTC))

    def come(day: str) -> tuple[str, str]:
        """The message that the page jumps to, and the notice."""
        client = client_of(alice)
        address = client.get(f"/rooms/{room.pk}/?on={day}")["Location"]
        page = client.get(address).content.decode()
        return address.partition("?at=")[2][0], page.partition("data-notice>")[2].partition("</p>")[0]

    assert come("2026-01-04") == ("1", "")
    assert come("2026-01-06") == ("2", "No messages on Jan. 6, 2026. The next ones are from Jan. 9, 2026.")
    assert come("2026-02-01") == (
        "2",
        "No messages on Feb. 1, 2026 or later. This is the last message.",
    )
    none = script_of(alice).get(f"/rooms/{room.pk}/messages/?on=2026-02-01")
    assert (seqs_of(none), "Chat-Seq" in none, "Chat-At-End" in none) == ([1, 2], False, True)


def test_a_day_in_an_empty_room_is_the_room(alice: Person, room: Room) -> None:
    answer = client_of(alice).get(f"/rooms/{room.pk}/?on=2026-01-06")
    assert (answer.status_code, seqs_of(answer)) == (200, [])


def test_a_day_in_a_room_that_is_not_theirs_tells_nobody_anything(charlie: Person, long: Room) -> None:
    for room in (long.pk, uuid4()):
        assert client_of(charlie).get(f"/rooms/{room}/?on=2026-01-06").status_code == 404


def test_the_page_says_since_when_there_is_something_new(alice: Person, bob: Person, long: Room) -> None:
    first = Message.objects.get(room=long, seq=501)
    page = client_of(bob).get(f"/rooms/{long.pk}/").content.decode()
    assert f'data-new-since="{first.sent_at}"' in page
    assert 'data-new-after="500"' in page
    assert "data-new-since" not in client_of(alice).get(f"/rooms/{long.pk}/").content.decode()


QUERIES = (
    "?at={n}",
    "?before={n}",
    "?after={n}",
    "messages/?around={n}",
    "messages/?on=2026-11-01",
    "messages/?newest",
)


def test_any_position_in_ten_thousand_messages_costs_as_many_queries_as_in_ten(
    alice: Person, bob: Person
) -> None:
    short, long = (long_room(f"r{count}", [alice, bob], count=count) for count in (10, 10_000))
    client = client_of(alice)

    def cost(room: Room, query: str, n: int) -> int:
        path = f"/rooms/{room.pk}/{query.format(n=n)}"
        assert client.get(path).status_code == 200  # rendered fragments are cached
        with CaptureQueriesContext(
            connection,
        ) as counted:
            assert client.get(path).status_code == 200
        return len(counted)

    for query in QUERIES:
        few = cost(short, query, 5)
        assert [cost(long, query, n) for n in (1, 5000, 10_000)] == [few] * 3, query
        assert few <= 9, query


def test_the_database_finds_every_position_by_an_index(alice: Person, bob: Person) -> None:
    room = long_room("long", [alice, bob])
    if connection.vendor == "postgresql":
        connection.cursor().execute("ANALYZE chat_message")
    here = Message.objects.visible_in(room.pk, alice)
    for seq in (1, 5000, 10_000):
        moment = Message.objects.get(room=room, seq=seq).created_at - timedelta(seconds=1)
        for asked in (
            here.filter(seq__lt=seq).order_by("-seq")[:20],
            here.filter(seq__gte=seq).order_by("seq")[:20],
            here.since(room.pk, moment)[:1],
        ):
            plan = asked.explain()
            assert re.search(r"message_place|message_moment|USING INDEX", plan), plan
            assert "Seq Scan on chat_message" not in plan, plan


def test_what_is_expired_is_not_read_on_the_way_to_what_is_retained(alice: Person, bob: Person) -> None:
    """The room's first message limits the index scan: otherwise each page view would read all expired messages."""
    room = long_room("long", [alice, bob])
    Room.objects.filter(pk=room.pk).update(first_seq=9_990)
    if connection.vendor == "postgresql":
        connection.cursor().execute("ANALYZE chat_message")
    here = Message.objects.visible_in(room.pk, alice)
    plans = [
        here.filter(seq__lt=9_990).order_by("-seq")[:20].explain(),
        Message.objects.retained_in(room.pk).filter(version__lte=2**40).order_by("-seq")[:40].explain(),
    ]
    key, (member, mine) = sql.key(room.pk), is_member(room.pk, alice)
    explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    with connection.cursor() as cursor:
        statement = sql.named(room_page._MESSAGES, is_member=member, **room_page._OLDER)
        cursor.execute(f"{explain} {statement}", [key, *mine, key, 9_990, 40])
        plans.append("\n".join(str(row) for row in cursor.fetchall()))
    for plan in plans:
        bounded = (
            r"Index Cond:.*seq >= \(?\(?(InitPlan|\$)|SEARCH \w+ USING INDEX \w+ \(room_id=\? AND seq>\?"
        )
        assert re.search(bounded, plan), plan
