"""Deleting an account, and who can't yet. What is erased and what stays: test_personal_data.py."""

import re
from typing import Any

import pytest

from chat import actions
from chat.actions import leaving
from chat.errors import NotFound, Refused
from chat.events import publishing
from chat.events.types import AccountChanged, MemberChanged, MessageChanged
from chat.models import Member, Message, Person, Room
from chat.signals import person_left
from tests.conftest import client_of, say, script_of


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    events: list[Any] = []
    monkeypatch.setattr(publishing, "_send", events.extend)
    return events


def leave(person: Person, *, with_messages: bool = False) -> None:
    actions.delete_account(person, with_messages=with_messages)


@pytest.mark.parametrize("goes", [False, True])
def test_what_was_reported_goes_with_the_words(alice: Person, bob: Person, room: Room, goes: bool) -> None:
    """ "It is deleted, for everybody": also in reports about it, and in the person's own reports."""
    theirs = actions.report_message(alice, say(bob, room, "Rude words").pk, "abuse", "He is rude")
    made = actions.report_message(bob, say(alice, room, "Words").pk, "abuse", "She is rude")
    leave(bob, with_messages=goes)
    for report in (theirs, made):
        report.refresh_from_db()
    assert (theirs.body, theirs.words) == ("" if goes else "Rude words", "He is rude")
    assert (made.body, made.words) == ("Words", "" if goes else "She is rude")


def test_a_username_is_free_again_and_one_that_waits_is_stepped_over(alice: Person, bob: Person) -> None:
    actions.edit_profile(alice, {"username": f"former-{bob.pk}"})
    leave(bob)
    assert Person.objects.get(pk=bob.pk).username == f"former-{bob.pk}-2"
    assert actions.edit_profile(alice, {"username": "bob"}).username == "bob"


def test_messages_stay_under_no_name_and_the_reader_has_the_word(
    alice: Person, bob: Person, room: Room
) -> None:
    say(bob, room, "Stays readable")
    held = Room.objects.get(pk=room.pk).version
    leave(bob)
    changed = script_of(alice).get(f"/rooms/{room.pk}/changes/?after={held}").content.decode()
    assert "data-left" in changed
    fragment = script_of(alice).get(f"/rooms/{room.pk}/messages/?before=99").content.decode()
    assert "Stays readable" in fragment
    assert re.search(r'<a class="message__name" dir="auto"></a>', fragment)
    assert "Bob" not in changed + fragment
    assert "Former" not in changed + fragment
    page = client_of(alice).get(f"/rooms/{room.pk}/").content.decode()
    assert '--word-former: "Former member"' in page
    assert re.search(r"Former member: +Stays readable", page)  # the room list


def test_the_other_side_keeps_a_direct_conversation(alice: Person, bob: Person) -> None:
    direct = actions.open_direct(bob, [alice.pk])
    say(bob, direct, "Between us")
    leave(bob)
    page = client_of(alice).get(f"/rooms/{direct.pk}/").content.decode()
    assert "Between us" in page
    assert page.count("Former member") >= 3  # the title, the row, the field
    assert say(alice, direct, "Still here").seq == 2
    card = client_of(alice).get(f"/people/{bob.pk}/").content.decode()
    assert "This account is no longer active." in card
    assert "former-" not in card


@pytest.mark.parametrize("batch", [4, 5])
def test_messages_go_in_batches_each_with_a_version_of_its_own(
    batch: int,
    alice: Person,
    bob: Person,
    room: Room,
    told: list[Any],
    settings,
    monkeypatch,
    django_capture_on_commit_callbacks,
) -> None:
    settings.CHAT_LIMITS = {"post": (1000, 1)}
    monkeypatch.setattr(leaving, "BATCH", batch)
    for n in range(10):
        say(bob, room, f"Secret {n}")
        say(alice, room, f"Of Alice {n}")
    actions.edit_message(bob, Message.objects.filter(author=bob).first().pk, "Secret, edited")
    before = Room.objects.get(pk=room.pk)
    with django_capture_on_commit_callbacks(execute=True):
        leave(bob, with_messages=True)
    assert (
        not Message.objects.exclude(body="", html="", excerpt="", fingerprint="").filter(author=bob).exists()
    )
    assert Message.objects.filter(author=alice, deleted_at=None).count() == 10
    after = Room.objects.get(pk=room.pk)
    assert (after.version, after.epoch) == (before.version + 11, before.epoch + 1)
    frames = [event for event in told if isinstance(event, MessageChanged)]
    assert [event.message.version for event in frames] == [before.version + 1 + n for n in range(10)]
    assert [event.room.version for event in frames] == [event.message.version for event in frames]
    assert sorted(Message.objects.filter(author=bob).values_list("version", flat=True)) == [
        event.message.version for event in frames
    ]
    # A page that missed all of it catches up (hazard 7: and receives no deleted text).
    caught_up = script_of(alice).get(f"/rooms/{room.pk}/changes/?after={before.version}")
    assert caught_up["Chat-Version"] == str(after.version)
    assert caught_up.content.count(b"data-deleted") == 10
    assert b"Secret" not in caught_up.content
    assert b"Bob" not in caught_up.content


def test_what_is_said_while_messages_go_goes_too(
    alice: Person, bob: Person, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(bob, room, "Before")
    refuse = leaving._refuse_last_workspace_owner
    calls = []

    def and_another_tab_posts(person: Person) -> None:
        calls.append(person)
        if len(calls) == 2:  # the messages are emptied, but the account is not deleted yet
            say(bob, room, "From another tab")
        refuse(person)

    monkeypatch.setattr(leaving, "_refuse_last_workspace_owner", and_another_tab_posts)
    leave(bob, with_messages=True)
    assert len(calls) == 2
    assert Message.objects.filter(author=bob).count() == 2
    assert not Message.objects.filter(author=bob).exclude(body="").exists()


def test_rooms_and_sockets_are_told(
    bob: Person, room: Room, told: list[Any], django_capture_on_commit_callbacks
) -> None:
    epoch = room.epoch
    with django_capture_on_commit_callbacks(execute=True):
        leave(bob)
    (member,) = [event for event in told if isinstance(event, MemberChanged)]
    assert (member.room.pk, member.room.epoch) == (room.pk, epoch + 1)
    assert not member.member.current
    assert AccountChanged(str(bob.user_id)) in told


def test_after_it_nothing_is_possible(alice: Person, bob: Person, room: Room) -> None:
    """Hazards 1 and 2: also for an older page and session."""
    client = client_of(bob)
    message = say(bob, room)
    leave(bob)
    assert client.get("/rooms/").status_code == 302
    for act in (
        lambda: say(bob, room),
        lambda: actions.edit_message(bob, message.pk, "Other"),
        lambda: actions.delete_message(bob, message.pk),
        lambda: actions.leave_room(bob, room.pk),
    ):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(Refused):
        actions.reactivate_person(Person.objects.get(pk=bob.pk))
    before = Person.objects.values().get(pk=bob.pk)
    leave(bob)
    actions.rename_person(bob, "Bob again")
    assert Person.objects.values().get(pk=bob.pk) == before


def test_the_last_owner_of_a_room_hands_over_first(alice: Person, bob: Person, room: Room) -> None:
    say(alice, room, "Not emptied")
    actions.add_member(alice, actions.create_room(alice, name="attic", topic="", kind="open").pk, "bob")
    for with_messages in (False, True):
        with pytest.raises(Refused, match="#attic, #harbour"):
            leave(alice, with_messages=with_messages)
    assert Person.objects.get(pk=alice.pk).left_at is None
    assert Message.objects.get().body == "Not emptied"
    for member in Member.objects.filter(person=bob):
        actions.set_role(alice, member.room_id, member.pk, "owner")
    leave(alice)
    assert Person.objects.get(pk=alice.pk).left_at is not None


def test_a_room_of_nobody_else_is_archived(alice: Person, bob: Person, room: Room, open_room: Room) -> None:
    actions.remove_member(alice, room.pk, Member.objects.get(room=room, person=bob).pk)
    leave(alice)
    for kept in Room.objects.all():
        assert kept.archived_at is not None
        versions = [kept.details_version, Member.objects.get(room=kept, person=alice).version]
        assert versions == [kept.version - 1, kept.version]
    assert "lobby" not in client_of(bob).get("/rooms/browse/").content.decode()


def test_the_last_owner_of_the_workspace_stays(alice: Person, bob: Person) -> None:
    for person in (alice, bob):
        person.user.is_staff = person.user.is_superuser = True
        person.user.save()
    leave(bob)
    for with_messages in (False, True):
        with pytest.raises(Refused, match="only workspace owner"):
            leave(alice, with_messages=with_messages)


def test_when_a_receiver_fails_nobody_has_left(bob: Person, room: Room) -> None:
    def fail(**_: Any) -> None:
        raise RuntimeError

    person_left.connect(fail)
    try:
        with pytest.raises(RuntimeError):
            leave(bob)
    finally:
        person_left.disconnect(fail)
    assert Person.objects.get(pk=bob.pk).display_name == "Bob"
    assert Member.objects.get(room=room, person=bob).current


@pytest.mark.parametrize("with_messages", [False, True])
def test_however_many_rooms_the_queries_are_few(
    alice: Person, make_person, with_messages: bool, django_assert_max_num_queries
) -> None:
    def count(person: Person, rooms: int) -> int:
        for n in range(rooms):
            made = actions.create_room(alice, name=f"room-{person.username}-{n}", topic="", kind="open")
            actions.join_room(person, made.pk)
            say(person, made)
        with django_assert_max_num_queries(200) as counted:
            leave(person, with_messages=with_messages)
        return len(counted)

    few, many = count(make_person("Dora"), 1), count(make_person("Emil"), 11)
    assert many == few if not with_messages else many - few <= 10 * 6


def test_the_administration_brings_nobody_back(alice: Person, bob: Person) -> None:
    alice.user.is_staff = alice.user.is_superuser = True
    alice.user.save()
    leave(bob)
    data = {"action": "reactivate", "_selected_action": [bob.pk]}
    page = client_of(alice).post("/admin/chat/person/", data, follow=True).content.decode()
    assert "Nothing to change" in page
    assert "Former member" in client_of(alice).get(f"/admin/chat/person/{bob.pk}/change/").content.decode()
    assert not Person.objects.active().filter(pk=bob.pk).exists()
