"""Accepting an invitation."""

from contextlib import suppress
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from chat.actions.invitations import DEFAULT_DAYS
from chat.actions.locking import lock_room, lock_user
from chat.actions.members import add_to_room, find_member, refresh
from chat.db.clock import clock
from chat.errors import ChatError, Gone, NotFound, Refused
from chat.models import Invitation, Person, Room
from chat.models.invitation import read_token


@transaction.atomic
def accept_invitation(person: Person, token: str) -> Room | None:
    """Add the person to the invitation's room and return the room; None for the workspace, where an account is enough.

    A current member stays one, and no use is counted. Raises NotFound for an invalid token or another person's, Refused
    for another email address or for a person who left the room since, and Gone.
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
    add_to_room(room, person, member)
    return room


@transaction.atomic
def reserve_invitation(person: Person, token: str) -> None:
    """Take one use now for a person whose registration is pending (``Person.objects.arrived``); ``arrive`` adds them
    later.

    Raises the same errors as ``accept_invitation``.
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
            expires_at=now + timedelta(days=DEFAULT_DAYS),
        )


def arrive(person: Person) -> None:
    """Accept the invitations reserved for a person who has just registered. Those that are over by then are skipped."""
    for invitation in Invitation.objects.waiting_for(person):
        with suppress(ChatError):
            accept_invitation(person, invitation.token)


def _find(person: Person, token: str) -> Invitation:
    claims = read_token(token)
    invitation = Invitation.objects.filter(pk=claims.invitation_id).first() if claims else None
    if invitation is None or invitation.person_id not in {None, person.pk}:
        raise NotFound
    return invitation


def _take(invitation: Invitation, person: Person) -> None:
    """Count one use. If two people want the last one, one gets it: the update checks the row again."""
    if invitation.email and invitation.email != person.email:
        raise Refused(_("This invitation is for a different email address than your account's."))
    this = Invitation.objects.filter(pk=invitation.pk)
    if not (this.usable().exists() and this.open().update(uses=F("uses") + 1)):
        raise Gone(over())


def over() -> str:
    """The sentence for every invitation that is over."""
    return _("It has expired, has no uses left or was revoked. Ask the person who invited you for a new one.")
