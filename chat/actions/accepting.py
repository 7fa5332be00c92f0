"""Coming in by an invitation."""

from contextlib import suppress
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from chat.actions.invitations import DAYS_USUALLY
from chat.actions.locking import lock_room, lock_user
from chat.actions.members import find_member, let_in, refresh
from chat.db.clock import clock
from chat.errors import ChatError, Gone, NotFound, Refused
from chat.models import Invitation, Person, Room
from chat.models.invitation import read_token


@transaction.atomic
def accept_invitation(person: Person, token: str) -> Room | None:
    """Into the room it is for, which is returned; None for the place, where the person's account is all there is to it.

    Whoever is in the room already changes nothing and costs no use. Raises NotFound for a token that is none or is
    another person's, Refused for another address or for who left the room since, and Gone.
    """
    invitation = _find(person, token)
    lock_user(person)
    refresh(person)
    if not person.user.is_active:
        raise NotFound
    if invitation.room_id is None:
        _take(invitation, person)
        return None
    room = lock_room(invitation.room_id)
    member = find_member(room, person)
    if member is not None and member.current:
        return room
    if invitation.is_link and member is not None and member.version > invitation.room_version:
        raise Refused(_("You were in this room before. Ask one of its members for a new invitation."))
    _take(invitation, person)
    let_in(room, person, member)
    return room


@transaction.atomic
def reserve_invitation(person: Person, token: str) -> None:
    """For somebody who is awaited (``Person.objects.arrived``): it takes one use now, and ``arrive`` brings them in.

    Raises as ``accept_invitation``.
    """
    invitation = _find(person, token)
    if invitation.room_id is not None:
        lock_room(invitation.room_id)
    _take(invitation, person)
    if invitation.room_id is not None:
        now = clock.now()
        Invitation.objects.create(
            room_id=invitation.room_id,
            room_version=invitation.room_version,
            invited_by_id=invitation.invited_by_id,
            person=person,
            most_uses=1,
            created_at=now,
            expires_at=now + timedelta(days=DAYS_USUALLY),
        )


def arrive(person: Person) -> None:
    """Into the rooms that were kept for somebody who was awaited until now; what is over by then is left out."""
    for invitation in Invitation.objects.waiting_for(person):
        with suppress(ChatError):
            accept_invitation(person, invitation.token)


def _find(person: Person, token: str) -> Invitation:
    said = read_token(token)
    invitation = Invitation.objects.filter(pk=said.invitation_id).first() if said else None
    if invitation is None or invitation.person_id not in {None, person.pk}:
        raise NotFound
    return invitation


def _take(invitation: Invitation, person: Person) -> None:
    """One use of it. Of two who want the last one the database lets one: the row is looked at again by the update."""
    if invitation.email and invitation.email != person.email:
        raise Refused(_("This invitation is for a different email address than your account's."))
    this = Invitation.objects.filter(pk=invitation.pk)
    if not (this.usable().exists() and this.open().update(uses=F("uses") + 1)):
        raise Gone(over())


def over() -> str:
    """What is said of every invitation that is over."""
    return _("It has expired, has no uses left or was revoked. Ask the person who invited you for a new one.")
