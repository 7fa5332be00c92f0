"""Hazard 23: whatever the size of a gap, and whatever happened in it, it closes completely."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat import actions
from chat.models import Message, Person, Room
from chat.queries import catching_up
from tests.conftest import say, script_of


def follow(person: Person, room: Room, after: int) -> tuple[dict[str, bytes], int, int]:
    """Catch up like the page: returns everything by id, the version it holds then, and the number of requests."""
    client, rows, asked = script_of(person), {}, 0
    while True:
        answer = client.get(f"/rooms/{room.pk}/changes/?after={after}")
        asked += 1
        for part in answer.content.split(b' id="')[1:]:
            key, _, rest = part.partition(b'"')
            rows[key.decode()] = rest
        after = int(answer["Chat-Version"])
        if "Chat-More" not in answer:
            return rows, after, asked


def test_a_gap_of_many_pages_with_edits_and_deletions_inside(
    alice: Person, bob: Person, room: Room, settings
) -> None:
    settings.CHAT_LIMITS = {"post": (1000, 1)}
    held = room.version
    messages = [say(alice if n % 3 else bob, room, f"Number {n}") for n in range(150)]
    for n in range(0, 150, 10):
        actions.edit_message(alice if n % 3 else bob, messages[n].pk, f"Changed {n}")
    for n in range(5, 150, 10):
        actions.delete_message(alice, messages[n].pk)
    actions.rename_person(alice, "Alice B")
    actions.edit_room(alice, room.pk, name="renamed", topic="")
    rows, now, asked = follow(bob, room, held)
    room.refresh_from_db()
    assert now == room.version
    assert asked == 2  # 152 rows, a hundred in an answer
    assert sum(key.startswith("message-") for key in rows) == 150
    assert sum(b"data-deleted" in row for row in rows.values()) == 15
    assert sum(b"data-edited" in row for row in rows.values()) == 15
    assert b"renamed" in rows["room-title"]


def test_who_is_up_to_date_gets_nothing(alice: Person, room: Room) -> None:
    answer = script_of(alice).get(f"/rooms/{room.pk}/changes/?after={room.version}")
    assert (answer.content, answer["Chat-Version"]) == (b"", str(room.version))


def test_too_far_behind_ahead_or_below_the_floor_starts_over(alice: Person, room: Room) -> None:
    say(alice, room, "The newest")
    Room.objects.filter(pk=room.pk).update(floor=2)
    for after in (0, 10**9):
        answer = script_of(alice).get(f"/rooms/{room.pk}/changes/?after={after}")
        assert answer["Chat-Start-Over"] == "1"
        assert answer["Chat-At-Start"] == "1"
        assert b"The newest" in answer.content
        assert answer.content.count(b'class="person"') == 2


def test_rows_newer_than_the_room_as_it_was_read_wait_for_the_next_answer(
    alice: Person, bob: Person, room: Room
) -> None:
    """Hazard 22: a commit between two reads of one answer is not skipped; the next answer has it."""
    earlier = say(alice, room, "Before")
    read = Room.objects.get(pk=room.pk)
    actions.edit_message(alice, earlier.pk, "Edited while reading")
    say(alice, room, "Posted while reading")
    first = catching_up.since(read, read.version - 1)
    assert (first.fragments, first.version) == ([], read.version)
    second = catching_up.since(Room.objects.get(pk=room.pk), first.version)
    assert len(second.fragments) == Message.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_thousand_pages_that_start_over_read_no_row_that_was_rendered_before(
    alice: Person, bob: Person, room: Room
) -> None:
    """When messages expire, all pages of a room ask at once; then only the key of each member and message is read."""
    for n in range(3):
        say(alice, room, f"Words {n}")
    room.refresh_from_db()
    first = catching_up.since(room, room.version + 1)
    with CaptureQueriesContext(connection) as asked:
        again = catching_up.since(room, room.version + 1)
    assert "".join(again.fragments) == "".join(first.fragments)
    assert "Words 2" in "".join(again.fragments)
    assert again.start_over
    assert len(asked) == 2
    read = " ".join(query["sql"] for query in asked.captured_queries)
    assert not re.search(r'"(html|body)"|SELECT[^;]*"display_name"', read)
