"""The audit log: written together with the action, changed by nobody."""

import pytest
from django.db import IntegrityError, connection, transaction

from chat import actions
from chat.actions import auditing
from chat.errors import Invalid, NotFound, Refused
from chat.models import AuditEntry, Member, Person, Room
from tests.conftest import say


@pytest.fixture
def entry(alice: Person, bob: Person, room: Room) -> AuditEntry:
    actions.remove_member(alice, room.pk, Member.objects.get(room=room, person=bob).pk, "Loud")
    return AuditEntry.objects.get()


def test_an_entry_says_who_did_what_to_whom(
    entry: AuditEntry, alice: Person, bob: Person, room: Room
) -> None:
    assert (entry.actor, entry.person, entry.room, entry.act) == (alice, bob, room, "removed")
    assert entry.reason == "Loud"


def test_nobody_changes_an_entry(entry: AuditEntry) -> None:
    entry.reason = "Nothing at all"
    with pytest.raises(TypeError):
        entry.save()
    with pytest.raises(TypeError):
        entry.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditEntry.objects.update(reason="Nothing at all")
    if connection.vendor == "postgresql":
        with pytest.raises(IntegrityError), transaction.atomic():
            AuditEntry.objects.all().delete()
    assert AuditEntry.objects.get().reason == "Loud"


def test_an_act_that_cannot_be_noted_does_not_happen(
    alice: Person, bob: Person, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**_: object) -> None:
        raise OSError

    monkeypatch.setattr(auditing.AuditEntry.objects, "create", full)
    with pytest.raises(OSError):
        actions.ban_member(alice, room.pk, Member.objects.get(room=room, person=bob).pk)
    assert Member.objects.current().filter(room=room, person=bob).exists()


def test_what_one_does_to_ones_own_is_not_noted(alice: Person, bob: Person, room: Room) -> None:
    actions.delete_message(bob, say(bob, room).pk)
    actions.leave_room(bob, room.pk)
    assert not AuditEntry.objects.exists()
    actions.add_member(alice, room.pk, "bob")
    of_bob = say(bob, room)
    actions.delete_message(alice, of_bob.pk)
    entry = AuditEntry.objects.get()
    assert (entry.act, entry.message_id, entry.person) == ("deleted", of_bob.pk, bob)


def test_only_owners_decide_who_manages_the_workspace_and_the_last_one_stays(
    ada: Person, mia: Person, bob: Person
) -> None:
    for nobody in (mia, bob):
        with pytest.raises(Refused):
            actions.set_workspace_role(nobody, bob.pk, "moderator")
    with pytest.raises(Refused, match="needs an owner"):
        actions.set_workspace_role(ada, ada.pk, "member")
    with pytest.raises(Invalid):
        actions.set_workspace_role(ada, bob.pk, "king")
    with pytest.raises(NotFound):
        actions.set_workspace_role(ada, 987654, "member")
    assert actions.set_workspace_role(ada, bob.pk, "moderator").workspace_role == "moderator"
    assert actions.set_workspace_role(ada, bob.pk, "owner").workspace_role == "owner"
    assert actions.set_workspace_role(ada, ada.pk, "member").workspace_role == "member"
    with pytest.raises(Refused):
        actions.set_workspace_role(ada, bob.pk, "member")
    assert [e.details["now"] for e in AuditEntry.objects.order_by("pk")] == ["moderator", "owner", "member"]


def test_moderators_deactivate_whom_they_may_act_on(
    ada: Person, mia: Person, bob: Person, alice: Person
) -> None:
    for person, other in ((mia, ada), (mia, mia), (alice, bob), (ada, ada)):
        with pytest.raises(Refused):
            actions.deactivate_person(other, by=person)
    actions.deactivate_person(bob, by=mia, reason="Loud")
    actions.deactivate_person(bob, by=mia)
    with pytest.raises(Refused):
        actions.reactivate_person(bob, by=alice)
    actions.reactivate_person(bob, by=ada)
    assert list(AuditEntry.objects.order_by("pk").values_list("act", "reason")) == [
        ("deactivated", "Loud"),
        ("reactivated", ""),
    ]


def test_who_was_put_out_puts_out_nobody(ada: Person, bob: Person) -> None:
    """Two owners click at the same time: the second is no longer an owner when their request runs."""
    actions.set_workspace_role(ada, bob.pk, "owner")
    stale = Person.objects.select_related("user").get(pk=bob.pk)
    actions.deactivate_person(bob, by=ada)
    with pytest.raises(Refused):
        actions.deactivate_person(ada, by=stale)


def test_a_room_without_an_owner_is_handed_over(mia: Person, alice: Person, bob: Person, room: Room) -> None:
    heir = Member.objects.get(room=room, person=bob)
    with pytest.raises(Refused):
        actions.hand_over(mia, room.pk, heir.pk)
    actions.deactivate_person(alice)
    with pytest.raises(Refused):
        actions.hand_over(bob, room.pk, heir.pk)
    assert actions.hand_over(mia, room.pk, heir.pk).role == "owner"
    assert AuditEntry.objects.filter(act="role", person=bob).exists()


def test_from_above_rooms_are_archived_brought_back_and_closed(
    mia: Person, alice: Person, bob: Person, open_room: Room
) -> None:
    direct = actions.open_direct(alice, [bob.pk])
    for act in (actions.archive_room, actions.restore_room, actions.close_room):
        with pytest.raises(NotFound):  # on the room's own pages she is a stranger
            act(mia, open_room.pk)
        with pytest.raises(Refused):
            act(bob, open_room.pk, from_above=True)
        with pytest.raises(Refused):
            act(mia, direct.pk, from_above=True)
        act(mia, open_room.pk, from_above=True)
    assert list(AuditEntry.objects.order_by("pk").values_list("act", flat=True)) == [
        "archived",
        "restored",
        "closed",
    ]
