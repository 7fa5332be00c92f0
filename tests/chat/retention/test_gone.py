"""Expired messages are gone for everyone, and nothing fails because of them."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from chat import actions
from chat.db.clock import clock
from chat.errors import Gone
from chat.models import Member, Message, Person, Report, Room
from chat.privacy import core as personal_data
from tests.chat.retention.arranging import WEEK, aged, empty_all, keep, read_seq
from tests.conftest import client_of, say, script_of


def test_what_is_older_is_gone_for_everybody_at_once_and_the_rest_stays(
    alice: Person, bob: Person, room: Room, numbered: list[Message]
) -> None:
    held = room.version
    keep(alice, room, 7)
    assert (room.first_seq, room.last_seq, room.emptied_seq) == (5, 6, 4)
    assert (room.version, room.floor, room.details_version) == (held + 2, held + 2, held + 2)
    assert (read_seq(alice, room), read_seq(bob, room)) == (5, 6)  # each one's last message
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
    assert [row["text"] for row in personal_data._messages(bob)] == ["Words 6"]
    assert list(Message.objects.filter(body="").values_list("seq", flat=True)) == [1, 2, 3, 4]


def test_whoever_follows_a_link_or_had_it_in_hand_is_told_that_it_is_gone(
    alice: Person, bob: Person, charlie: Person, mia: Person, room: Room, numbered: list[Message]
) -> None:
    report = actions.report_message(bob, numbered[2].pk, "spam")
    keep(alice, room, 7)
    of_bob, of_alice = numbered[1].pk, numbered[0].pk
    for path in ("", "edit/", "delete/", "acts/", "report/"):
        there, nowhere = f"/messages/{of_bob}/{path}", f"/messages/{uuid4()}/{path}"
        answer = client_of(bob).get(there)
        assert answer.status_code == 410, path
        assert b"no longer available" in answer.content
        assert f'href="/rooms/{room.pk}/">Go to the room' in answer.content.decode()
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
    # Moderators decide on the reported message; the report keeps its own copy.
    actions.decide_report(mia, report.pk, "deleted")
    assert Report.objects.get().body == "Words 3"
    assert client_of(mia).get(f"/admin/chat/report/{report.pk}/change/").status_code == 200
    assert Room.objects.get(pk=room.pk).version == version


def test_in_the_administration_it_is_gone_too(
    bob: Person, mia: Person, room: Room, numbered: list[Message]
) -> None:
    """From the list of messages, and from those around a reported one."""
    report = actions.report_message(bob, numbered[4].pk, "spam")
    actions.expire_before(room.pk, clock.now() - WEEK)
    for path in ("message/", f"report/{report.pk}/change/"):
        page = client_of(mia).get(f"/admin/chat/{path}").content
        assert (b"Words 4" in page, b"Words 5" in page) == (False, True), path


def test_an_edit_that_waits_for_the_lock_meanwhile_is_refused(
    bob: Person, room: Room, numbered: list[Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    from chat.actions import messages

    real = messages._room_of

    def found(*asked: Any) -> Any:
        where = real(*asked)
        actions.expire_before(room.pk, clock.now() - WEEK)
        return where

    monkeypatch.setattr(messages, "_room_of", found)
    with pytest.raises(Gone):
        actions.edit_message(bob, numbered[1].pk, "Other words")


def test_a_late_repeat_is_still_one_and_repeats_nothing(
    bob: Person, room: Room, numbered: list[Message]
) -> None:
    """Before its row is emptied and after; with another text the answer is that of a deleted message."""
    actions.expire_before(room.pk, clock.now() - WEEK)
    for words in ("Words 2", "Words 2", "Other words"):
        answer = script_of(bob).post(f"/rooms/{room.pk}/messages/", {"id": numbered[1].pk, "body": words})
        assert answer.status_code == 200
        assert b"Words 2" not in answer.content
        assert b"data-deleted" in answer.content
        empty_all()
    assert Message.objects.count() == 6


def test_a_room_of_which_nothing_is_left_goes_on(alice: Person, bob: Person, room: Room) -> None:
    """Its row shows no message, nobody has anything unread, and the next message shows its author again."""
    for n in range(3):
        say(alice, room, f"Words {n}")
    assert actions.expire_before(room.pk, clock.now() + timedelta(minutes=1))
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
    assert not actions.expire_before(room.pk, clock.now() - WEEK)


def test_who_moderates_or_bans_or_leaves_for_good_touches_nothing_that_is_expired(
    alice: Person, bob: Person, mia: Person, room: Room, numbered: list[Message]
) -> None:
    """A frame about it would bring it back into pages that begin with the room's first message."""
    aged(room, 0.5, up_to=4)  # a ban deletes messages of the last day
    actions.expire_before(room.pk, clock.now() - timedelta(hours=1))
    floor = Room.objects.get(pk=room.pk).floor
    actions.moderate_message(mia, numbered[1].pk)
    actions.ban_member(alice, room.pk, Member.objects.get(room=room, person=bob).pk, wipe=True)
    assert not Message.objects.filter(seq__lt=5, version__gt=floor).exists()
    actions.delete_account(bob, with_messages=True)
    assert not Message.objects.filter(seq__lt=5, version__gt=floor).exists()
    assert Message.objects.get(seq=2).body == "Words 2"  # until the next run of the job
    empty_all()
    assert not Message.objects.filter(author=bob).exclude(body="").exists()


@pytest.mark.django_db(transaction=True)
def test_a_late_repeat_does_not_bring_back_what_a_process_rendered_once(bob: Person, room: Room) -> None:
    message = say(bob, room, "Words")
    assert b"Words" in client_of(bob).get(f"/rooms/{room.pk}/").content
    actions.expire_before(room.pk, clock.now() + timedelta(minutes=1))
    for words in ("Words", "Other words"):
        answer = script_of(bob).post(f"/rooms/{room.pk}/messages/", {"id": message.pk, "body": words})
        assert (answer.status_code, b"Words" in answer.content) == (200, False)
        assert b"data-deleted" in answer.content
        empty_all()
