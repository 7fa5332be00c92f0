import pytest

from chat import actions
from chat.errors import Invalid, NotFound, Refused
from chat.models import Member, Person, Room
from tests.conftest import say


def member(room: Room, person: Person) -> Member:
    return Member.objects.get(room=room, person=person)


def test_joining_and_joining_again_start_at_the_end(alice: Person, charlie: Person, open_room: Room) -> None:
    say(alice, open_room)
    say(alice, open_room)
    joined = actions.join_room(charlie, open_room.pk)
    assert (joined.joined_seq, joined.read_seq, joined.seen_seq) == (2, 2, 2)
    version = actions.join_room(charlie, open_room.pk).version
    assert version == joined.version
    actions.leave_room(charlie, open_room.pk)
    say(alice, open_room)
    again = actions.join_room(charlie, open_room.pk)
    assert (again.pk, again.joined_seq, again.read_seq, again.seen_seq) == (joined.pk, 3, 3, 3)


def test_nobody_joins_a_closed_room_by_themselves(charlie: Person, room: Room) -> None:
    with pytest.raises(NotFound):
        actions.join_room(charlie, room.pk)


def test_losing_access_raises_the_epoch_and_gaining_it_does_not(
    alice: Person, bob: Person, room: Room
) -> None:
    assert room.epoch == 0
    actions.remove_member(alice, room.pk, member(room, bob).pk)
    actions.add_member(alice, room.pk, "@Bob")
    room.refresh_from_db()
    assert (room.epoch, room.version) == (1, 5)
    actions.leave_room(bob, room.pk)
    room.refresh_from_db()
    assert room.epoch == 2


def test_the_last_owner_hands_over_before_leaving(alice: Person, bob: Person, room: Room) -> None:
    with pytest.raises(Refused):
        actions.leave_room(alice, room.pk)
    with pytest.raises(Refused):
        actions.set_role(alice, room.pk, member(room, alice).pk, "member")
    actions.set_role(alice, room.pk, member(room, bob).pk, "owner")
    actions.leave_room(alice, room.pk)
    assert not member(room, alice).active


def test_the_only_person_of_a_room_leaves_it_once_it_is_archived(
    alice: Person, bob: Person, room: Room
) -> None:
    with pytest.raises(Refused, match="only owner"):
        actions.leave_room(alice, room.pk)
    actions.leave_room(bob, room.pk)
    with pytest.raises(Refused, match="Archive the room first"):
        actions.leave_room(alice, room.pk)
    actions.archive_room(alice, room.pk)
    actions.leave_room(alice, room.pk)
    assert not Member.objects.current().filter(room=room).exists()


def test_an_archived_room_with_others_in_it_keeps_its_owner(alice: Person, bob: Person, room: Room) -> None:
    actions.archive_room(alice, room.pk)
    with pytest.raises(Refused, match="only owner"):
        actions.leave_room(alice, room.pk)


def test_who_may_do_what(alice: Person, bob: Person, charlie: Person, room: Room) -> None:
    with pytest.raises(Refused):
        actions.add_member(bob, room.pk, "charlie")
    actions.add_member(alice, room.pk, "charlie")
    with pytest.raises(Refused):
        actions.remove_member(bob, room.pk, member(room, charlie).pk)
    actions.set_role(alice, room.pk, member(room, bob).pk, "moderator")
    with pytest.raises(Refused):
        actions.remove_member(bob, room.pk, member(room, alice).pk)
    message = say(charlie, room)
    actions.delete_message(bob, message.pk)
    actions.remove_member(bob, room.pk, member(room, charlie).pk)
    assert not member(room, charlie).active
    with pytest.raises(Invalid):
        actions.add_member(alice, room.pk, "nobody-here")


def test_only_the_author_edits_and_a_member_deletes_only_their_own(
    alice: Person, bob: Person, room: Room
) -> None:
    message = say(alice, room)
    with pytest.raises(Refused):
        actions.edit_message(bob, message.pk, "Other words")
    with pytest.raises(Refused):
        actions.delete_message(bob, message.pk)
    bobs = say(bob, room)
    emptied = actions.delete_message(alice, bobs.pk)
    assert (emptied.body, emptied.html, emptied.excerpt, emptied.fingerprint) == ("", "", "", "")
    with pytest.raises(Refused):
        actions.edit_message(bob, bobs.pk, "Back again")


def test_unread_is_a_difference_and_never_sticks(alice: Person, bob: Person, room: Room) -> None:
    last = [say(alice, room) for _ in range(3)][-1]
    actions.delete_message(alice, last.pk)
    actions.mark_read(bob, room.pk, 10**9)
    assert member(room, bob).read_seq == 3
    actions.mark_read(bob, room.pk, 1)
    assert member(room, bob).read_seq == 3


def test_deactivation_ends_every_room_at_once_and_can_be_undone(
    alice: Person, bob: Person, room: Room, open_room: Room
) -> None:
    actions.join_room(bob, open_room.pk)
    actions.deactivate_person(bob)
    assert not Member.objects.current().filter(person=bob).exists()
    assert set(Room.objects.values_list("epoch", flat=True)) == {1}
    for each in Room.objects.all():
        assert member(each, bob).version == each.version
    with pytest.raises(NotFound):
        say(bob, room)
    with pytest.raises(NotFound):
        actions.join_room(bob, open_room.pk)
    with pytest.raises(Invalid):
        actions.add_member(alice, room.pk, "bob")
    actions.reactivate_person(bob)
    assert Member.objects.current().filter(person=bob).count() == 2


def test_renaming_stamps_every_room_the_person_is_or_was_in(alice: Person, bob: Person, room: Room) -> None:
    actions.leave_room(bob, room.pk)
    before = Room.objects.get(pk=room.pk).version
    actions.rename_person(bob, "  Bob  the\u202e Builder ")
    bob.refresh_from_db()
    assert bob.display_name == "Bob the Builder"
    assert member(room, bob).version == before + 1 == Room.objects.get(pk=room.pk).version
    with pytest.raises(Invalid):
        actions.rename_person(bob, " \u200b\u0000 "[:1] * 3)


def test_usernames_are_found_and_never_doubled(make_person) -> None:
    names = [make_person(name).username for name in ("Dora", "Ива")]
    assert names[0] == "dora"
    assert len({*names, make_person("ปิยะ").username}) == 3
