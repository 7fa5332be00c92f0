"""Days of the reader's calendar, with the same cases as their twin in pages, and the list of rooms that shows them."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from chat.days import days_ago, midnight, short_form
from chat.models import Message, Person, Room
from tests.conftest import client_of, say

CASES = json.loads((Path(__file__).parents[1] / "cases" / "days.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_day(case: dict[str, Any]) -> None:
    at, now = datetime.fromisoformat(case["at"]), datetime.fromisoformat(case["now"])
    with timezone.override(case["zone"]):
        day = date.fromisoformat(case["day"])
        assert timezone.localdate(at) == day
        assert midnight(day).astimezone(UTC) == datetime.fromisoformat(case["begins"])
        assert days_ago(at, now) == case["ago"]
        assert short_form(at, now) == case["short"]


def shown(client: Client, room: Room) -> str:
    """The time that the list shows beside the room's last message."""
    row = client.get("/rooms/").content.decode().partition(f'id="place-{room.pk}"')[2].partition("</li>")[0]
    return row.partition('<time class="place__time"')[2].partition(">")[2].partition("<")[0]


def test_without_script_the_list_of_rooms_says_the_day_too_and_changes_at_midnight(
    alice: Person, bob: Person, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The night of Sofia's short day, as two people see it."""
    Person.objects.filter(pk=alice.pk).update(time_zone="Europe/Sofia")
    sent = say(bob, room)
    Message.objects.filter(pk=sent.pk).update(created_at=datetime(2026, 3, 28, 22, 30, tzinfo=UTC))
    in_sofia, in_utc = client_of(alice), client_of(bob)
    for now, sofia, utc in (
        (datetime(2026, 3, 29, 20, 59, tzinfo=UTC), "00:30", "Sat"),
        (datetime(2026, 3, 29, 21, 0, tzinfo=UTC), "Sun", "Sat"),
        (datetime(2026, 4, 4, 20, 59, tzinfo=UTC), "Sun", "28 Mar"),
        (datetime(2026, 4, 4, 21, 0, tzinfo=UTC), "29 Mar", "28 Mar"),
    ):
        monkeypatch.setattr("chat.db.clock.timezone.now", lambda now=now: now)
        assert (shown(in_sofia, room), shown(in_utc, room)) == (sofia, utc)
