"""Who may invite whom; and an invitation opens only its room, only as often and only as long as intended."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.signing import Signer
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from chat import actions
from chat.errors import Gone, Invalid, Limited, NotFound, Refused
from chat.events import publishing
from chat.events.types import MemberChanged, PersonChanged
from chat.models import Invitation, Member, Person, Room
from chat.models.invitation import read_token


def is_in(room: Room, person: Person) -> bool:
    return Member.objects.current().filter(room=room, person=person).exists()


def member(room: Room, person: Person) -> Member:
    return Member.objects.get(room=room, person=person)


def owner_of_the_workspace(person: Person) -> Person:
    person.user.is_staff = True
    person.user.save()
    return person


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    events: list[Any] = []
    monkeypatch.setattr(publishing, "_send", events.extend)
    return events


@pytest.fixture
def link(alice: Person, room: Room) -> Invitation:
    return actions.make_link(alice, room.pk, days=7, most_uses=2)


def test_a_person_is_invited_told_and_comes_in(
    alice: Person, charlie: Person, room: Room, told: list[Any], django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        invitation = actions.invite_person(alice, room.pk, charlie.pk)
    charlie.refresh_from_db()
    assert told == [PersonChanged(charlie.pk, charlie.version)]
    assert list(Invitation.objects.waiting_for(charlie)) == [invitation]
    assert not is_in(room, charlie)
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.accept_invitation(charlie, invitation.token) == room
    assert {MemberChanged, PersonChanged} == {type(event) for event in told[1:]}
    assert is_in(room, charlie)
    assert not Invitation.objects.waiting_for(charlie).exists()
    room.refresh_from_db()
    assert member(room, charlie).version == room.version


def test_inviting_again_is_the_same_until_it_is_answered_or_over(
    alice: Person, charlie: Person, room: Room
) -> None:
    first = actions.invite_person(alice, room.pk, charlie.pk)
    assert actions.invite_person(alice, room.pk, charlie.pk) == first
    Invitation.objects.update(expires_at=timezone.now())
    second = actions.invite_person(alice, room.pk, charlie.pk)
    assert second != first
    actions.decline_invitation(charlie, second.pk)
    third = actions.invite_person(alice, room.pk, charlie.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.create(
            room=room,
            person=charlie,
            invited_by=alice,
            most_uses=1,
            created_at=third.created_at,
            expires_at=third.expires_at,
        )
    assert [row.ending for row in Invitation.objects.order_by("created_at")[:2]] == [
        "Revoked",
        "Declined",
    ]


def test_who_may_invite(alice: Person, bob: Person, charlie: Person, room: Room) -> None:
    with pytest.raises(Refused):
        actions.make_link(bob, room.pk)
    with pytest.raises(NotFound):
        actions.make_link(charlie, room.pk)
    with pytest.raises(Invalid, match="Bob is already in the room"):
        actions.invite_person(alice, room.pk, bob.pk)
    with pytest.raises(NotFound):
        actions.invite_email(alice, None, "new@example.com")
    actions.set_role(alice, room.pk, member(room, bob).pk, "moderator")
    assert actions.make_link(bob, room.pk).invited_by == bob
    actions.archive_room(alice, room.pk)
    with pytest.raises(Refused):
        actions.make_link(alice, room.pk)
    direct = actions.open_direct(alice, [bob.pk])
    with pytest.raises(Refused):
        actions.make_link(alice, direct.pk)
    with pytest.raises(Refused):
        actions.invite_person(alice, direct.pk, charlie.pk)
    assert actions.make_link(owner_of_the_workspace(charlie), None).room is None


@pytest.mark.parametrize(("days", "uses"), [(0, 1), (365, 1), (7, 0), (7, -1), (7, 101)])
def test_links_have_bounds(alice: Person, room: Room, days: int, uses: int) -> None:
    with pytest.raises(Invalid):
        actions.make_link(alice, room.pk, days=days, most_uses=uses)


@pytest.mark.parametrize("address", ["", "nobody", "a@b\x00.example", "x" * 300 + "@example.com", "a@b c.de"])
def test_what_is_no_address_gets_no_invitation(alice: Person, room: Room, address: str) -> None:
    with pytest.raises(Invalid):
        actions.invite_email(alice, room.pk, address)


def test_invitations_are_limited(alice: Person, room: Room, settings) -> None:
    settings.CHAT_LIMITS = {"invite": (3, 3600)}
    actions.make_link(alice, room.pk)
    mailed = actions.invite_email(alice, room.pk, "new@example.com")
    assert actions.invite_email(alice, room.pk, "New@Example.com") == mailed
    with pytest.raises(Limited):  # not a new invitation, but it would be another mail
        actions.invite_email(alice, room.pk, "new@example.com")
    with pytest.raises(Limited):
        actions.make_link(alice, room.pk)
    assert Invitation.objects.count() == 2


def test_a_link_works_as_often_as_it_says(room: Room, link: Invitation, make_person) -> None:
    """Hazard 20."""
    first, second, third = make_person("Dora"), make_person("Emil"), make_person("Fay")
    actions.accept_invitation(first, link.token)
    actions.accept_invitation(first, link.token)
    link.refresh_from_db()
    assert link.uses == 1
    actions.accept_invitation(second, link.token)
    with pytest.raises(Gone):
        actions.accept_invitation(third, link.token)
    link.refresh_from_db()
    assert (link.uses, link.ending) == (2, "No uses left")
    assert not is_in(room, third)
    version = member(room, first).version
    assert actions.accept_invitation(first, link.token) == room  # used up, but they are members
    assert member(room, first).version == version


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("into", ["room", "workspace"])
def test_of_two_who_want_its_last_use_one_gets_it(
    alice: Person, bob: Person, charlie: Person, open_room: Room, into: str
) -> None:
    owner_of_the_workspace(alice)
    link = actions.make_link(alice, open_room.pk if into == "room" else None, most_uses=1)
    ready = threading.Barrier(2)
    ends: list[str] = []

    def come(person: Person) -> None:
        ready.wait(10)
        try:
            actions.accept_invitation(person, link.token)
            ends.append("in")
        except Gone:
            ends.append("late")
        finally:
            connection.close()

    visitors = [threading.Thread(target=come, args=(person,)) for person in (bob, charlie)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join(20)
    assert sorted(ends) == ["in", "late"]
    link.refresh_from_db()
    assert link.uses == 1
    assert Member.objects.current().filter(room=open_room).count() == (2 if into == "room" else 1)


def expire(alice: Person, room: Room, link: Invitation) -> None:
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def revoke(alice: Person, room: Room, link: Invitation) -> None:
    actions.revoke_invitation(alice, link.pk)


def archive(alice: Person, room: Room, link: Invitation) -> None:
    actions.archive_room(alice, room.pk)


def deactivate_the_inviter(alice: Person, room: Room, link: Invitation) -> None:
    actions.deactivate_person(alice)


def demote_the_inviter(alice: Person, room: Room, link: Invitation) -> None:
    bob = Person.objects.get(username="bob")
    actions.set_role(alice, room.pk, member(room, bob).pk, "owner")
    actions.set_role(bob, room.pk, member(room, alice).pk, "member")


def remove_the_inviter(alice: Person, room: Room, link: Invitation) -> None:
    demote_the_inviter(alice, room, link)
    actions.remove_member(Person.objects.get(username="bob"), room.pk, member(room, alice).pk)


@pytest.mark.parametrize(
    "end", [expire, revoke, archive, deactivate_the_inviter, demote_the_inviter, remove_the_inviter]
)
def test_what_is_over_opens_nothing(
    alice: Person, charlie: Person, room: Room, link: Invitation, end: Callable[..., None]
) -> None:
    """Hazard 20; and an invitation whose creator lost the permission."""
    personal = actions.invite_person(alice, room.pk, charlie.pk)
    end(alice, room, link)
    for invitation in (link, personal):
        if end is revoke and invitation == personal:
            continue
        with pytest.raises(Gone):
            actions.accept_invitation(charlie, invitation.token)
    assert not is_in(room, charlie)
    link.refresh_from_db()
    assert link.uses == 0


@pytest.mark.parametrize("token", ["", " ", ".", "x" * 5000, "\x00", "link-", "ü.ö", "link-00.sig"])
def test_what_nobody_signed_matches_nobody(charlie: Person, link: Invitation, token: str) -> None:
    """Hazard 4."""
    assert read_token(token) is None
    with pytest.raises(NotFound):
        actions.accept_invitation(charlie, token)


def test_tokens_that_were_changed_or_signed_for_something_else_match_nobody(
    charlie: Person, room: Room, link: Invitation, settings
) -> None:
    value, _, signature = link.token.rpartition(".")
    foreign = Signer(salt="another", sep=".").sign(value)
    other_key = Signer(key="y" * 50, salt="chat.invitation", sep=".").sign(value)
    flipped = signature[:-2] + ("A" if signature[-2] != "A" else "B") + signature[-1]
    for wrong in (
        value,
        f"{value}.",
        f"{value}.{flipped}",
        f"mail{value[4:]}.{signature}",
        foreign,
        other_key,
    ):
        with pytest.raises(NotFound):
            actions.accept_invitation(charlie, wrong)
    assert not is_in(room, charlie)
    # After a change of the key, older links still work for as long as the old key is a fallback.
    token = link.token
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new-" * 20, [settings.SECRET_KEY]
    assert actions.accept_invitation(charlie, token) == room


def test_anothers_invitation_is_not_there(alice: Person, bob: Person, charlie: Person, make_person) -> None:
    other = actions.create_room(alice, name="other", topic="", kind="closed")
    invitation = actions.invite_person(alice, other.pk, charlie.pk)
    dora = make_person("Dora")
    with pytest.raises(NotFound):
        actions.accept_invitation(dora, invitation.token)
    with pytest.raises(NotFound):
        actions.decline_invitation(dora, invitation.pk)
    with pytest.raises(NotFound):
        actions.revoke_invitation(bob, invitation.pk)
    assert Invitation.objects.open().count() == 1


def test_the_invitation_of_an_address_is_for_its_account(
    alice: Person, bob: Person, charlie: Person, room: Room
) -> None:
    invitation = actions.invite_email(alice, room.pk, "Charlie@example.com")
    stranger = actions.create_room(alice, name="other", topic="", kind="closed")
    elsewhere = actions.invite_email(alice, stranger.pk, "charlie@example.com")
    with pytest.raises(Refused):
        actions.accept_invitation(bob, elsewhere.mailed_token)
    assert actions.accept_invitation(charlie, invitation.token) == room


def test_whoever_was_removed_does_not_come_back_by_what_they_had(
    alice: Person, charlie: Person, room: Room, link: Invitation
) -> None:
    actions.accept_invitation(charlie, link.token)
    actions.remove_member(alice, room.pk, member(room, charlie).pk)
    with pytest.raises(Refused, match="a new invitation"):
        actions.accept_invitation(charlie, link.token)
    # Pending invitations that were not needed, since another member added them, are used up.
    personal = actions.invite_person(alice, room.pk, charlie.pk)
    mailed = actions.invite_email(alice, room.pk, "charlie@example.com")
    actions.add_member(alice, room.pk, "charlie")
    actions.remove_member(alice, room.pk, member(room, charlie).pk)
    for spent in (personal, mailed):
        with pytest.raises(Gone):
            actions.accept_invitation(charlie, spent.token)
    assert not is_in(room, charlie)
    # A new one lets them in.
    actions.accept_invitation(charlie, actions.make_link(alice, room.pk).token)
    assert is_in(room, charlie)


def test_what_was_mailed_to_somebody_inside_is_over_when_they_are_removed(
    alice: Person, bob: Person, room: Room
) -> None:
    """Hazard 20: an invitation does not depend on the room's version, so it would be a forgotten way back."""
    mailed = actions.invite_email(alice, room.pk, "bob@example.com")
    actions.remove_member(alice, room.pk, member(room, bob).pk)
    with pytest.raises(Gone):
        actions.accept_invitation(bob, mailed.mailed_token)
    assert not is_in(room, bob)


def test_whoever_is_deactivated_accepts_nothing(charlie: Person, room: Room, link: Invitation) -> None:
    actions.deactivate_person(charlie)
    with pytest.raises(NotFound):
        actions.accept_invitation(charlie, link.token)
    link.refresh_from_db()
    assert link.uses == 0


def test_moderators_see_the_invitations_of_their_rooms_and_no_others(
    alice: Person, bob: Person, charlie: Person, room: Room, link: Invitation
) -> None:
    into_workspace = actions.make_link(owner_of_the_workspace(charlie), None)
    assert list(Invitation.objects.visible_to(alice)) == [link]
    assert not Invitation.objects.visible_to(bob).exists()
    assert list(Invitation.objects.visible_to(charlie)) == [into_workspace]
    actions.set_role(alice, room.pk, member(room, bob).pk, "moderator")
    actions.revoke_invitation(bob, link.pk)
    assert not Invitation.objects.open().filter(pk=link.pk).exists()


def test_revoking_tells_the_person_and_declining_ends_it(
    alice: Person, charlie: Person, room: Room, told: list[Any], django_capture_on_commit_callbacks
) -> None:
    first = actions.invite_person(alice, room.pk, charlie.pk)
    with django_capture_on_commit_callbacks(execute=True):
        actions.revoke_invitation(alice, first.pk)
        actions.revoke_invitation(alice, first.pk)
    assert [event.person_id for event in told] == [charlie.pk]
    second = actions.invite_person(alice, room.pk, charlie.pk)
    actions.decline_invitation(charlie, second.pk)
    actions.decline_invitation(charlie, second.pk)
    with pytest.raises(Gone):
        actions.accept_invitation(charlie, second.token)


@pytest.mark.parametrize("end", ["deactivated", "no moderator any more"])
def test_an_invitation_into_the_workspace_ends_with_its_makers_right(
    alice: Person, charlie: Person, end: str
) -> None:
    link = actions.make_link(owner_of_the_workspace(charlie), None)
    assert list(Invitation.objects.usable()) == [link]
    if end == "deactivated":
        actions.deactivate_person(charlie)
    else:
        charlie.user.is_staff = False
        charlie.user.save()
    with pytest.raises(Gone):
        actions.accept_invitation(alice, link.token)
