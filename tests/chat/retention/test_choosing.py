"""Owners set how long a room keeps its messages, and everyone can see it."""

import pytest

from chat.errors import Invalid, Refused
from chat.models import AuditEntry, Message, Person, Room
from tests.chat.retention.arranging import keep
from tests.conftest import client_of


def test_owners_say_how_long_and_are_asked_before_anything_is_deleted(
    alice: Person, bob: Person, room: Room, numbered: list[Message], settings
) -> None:
    page, form = client_of(alice), f"/rooms/{room.pk}/edit/"
    told = {"name": room.name, "topic": room.topic, "slow_seconds": "0", "writers": "everybody"}
    assert "Keep messages" in page.get(form).content.decode()
    odd = page.post(form, told | {"keep_days": "8"})
    assert (odd.status_code, b"8 is not one of the available choices" in odd.content) == (422, True)
    asked = page.post(form, told | {"keep_days": "7"}).content.decode()
    assert "older than 7 days are deleted now" in asked
    assert 'name="keep_days" value="7"' in asked
    back = page.post(form, told | {"topic": "Typed too", "slow_seconds": "30", "keep_days": "7", "keep": "1"})
    assert back.status_code == 200
    for chosen in (
        'value="Typed too"',
        '<option value="30" selected>30 s',
        '<option value="0" selected>Forever',
    ):
        assert chosen in back.content.decode()
    assert Room.objects.get(pk=room.pk).first_seq == 1
    assert page.post(form, told | {"keep_days": "7", "sure": "1"}).status_code == 302
    assert Room.objects.get(pk=room.pk).first_seq == 5
    assert page.post(form, told | {"keep_days": "30"}).status_code == 302  # longer: nothing to confirm
    assert page.post(form, told).status_code == 302  # not given: unchanged
    assert Room.objects.get(pk=room.pk).keep_days == 30
    shown = client_of(bob).get(f"/rooms/{room.pk}/").content.decode()
    assert "Messages are kept for 30 days." in shown
    assert "Older messages were deleted" in shown
    assert page.post(form, told | {"keep_days": "0"}).status_code == 302
    assert Room.objects.get(pk=room.pk).keep_days is None
    noted = AuditEntry.objects.order_by("pk").values_list("act", "details")
    assert list(noted) == [("retention", {"keep_days": days}) for days in (7, 30, None)]
    settings.CHAT_KEEP_DAYS = 20
    offered = page.get(form).content.decode()
    assert "This workspace keeps messages for 20 days at most." in offered
    assert '<option value="0" selected>Workspace default: 20 days</option>' in offered
    assert [
        f">{words}</option>" in offered for words in ("1 year", "90 days", "30 days", "7 days", "1 day")
    ] == [False] * 3 + [True] * 2
    Room.objects.filter(pk=room.pk).update(keep_days=90)  # chosen before the workspace had a limit
    assert '<option value="90" selected>90 days</option>' in page.get(form).content.decode()


def test_whoever_thinks_of_joining_learns_it_too(alice: Person, bob: Person, open_room: Room) -> None:
    keep(alice, open_room, 1)
    assert "Messages are kept for one day." in client_of(bob).get(f"/rooms/{open_room.pk}/").content.decode()


def test_nobody_else_says_so_nor_any_time(
    alice: Person, bob: Person, room: Room, numbered: list[Message]
) -> None:
    told = {"name": room.name, "topic": room.topic, "keep_days": "1"}
    for more in ({}, {"sure": "1"}):
        assert client_of(bob).post(f"/rooms/{room.pk}/edit/", told | more).status_code == 403
    with pytest.raises(Refused):
        keep(bob, room, 1)
    with pytest.raises(Invalid):
        keep(alice, room, 2)
    assert Room.objects.get(pk=room.pk).first_seq == 1
