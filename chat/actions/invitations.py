"""Inviting people into a room or the workspace, and revoking invitations. Accepting is in ``accepting``."""

from datetime import timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from chat import limits, policies
from chat.actions.auditing import Act, note
from chat.actions.locking import current_member, lock_room, person_changed
from chat.actions.members import refuse_banned
from chat.db.clock import clock
from chat.errors import Invalid, NotFound, Refused
from chat.events.publishing import publish
from chat.events.types import Event
from chat.models import Invitation, Member, Person, Room
from chat.privacy.registry import PersonalData, register_personal_data

DAYS = (1, 7, 30)
DEFAULT_DAYS = 7
MAX_USES = 100
ADDRESS_LIMIT = 254


@transaction.atomic
def invite_person(person: Person, room_id: UUID, other_id: int) -> Invitation:
    """Invite an existing person (by id) into a room. Raises NotFound, Refused, Invalid and Limited.

    If an invitation of theirs is pending, returns that one.
    """
    room = _inviting(person, room_id)
    other = Person.objects.active().filter(pk=other_id).first()
    if other is None:
        raise Invalid(_("This person was not found."))
    if Member.objects.current().filter(room=room, person=other).exists():
        raise Invalid(_("%(name)s is already in the room.") % {"name": other.display_name})
    refuse_banned(room, other)
    theirs = Invitation.objects.filter(room=room, person=other)
    waiting = theirs.usable().first()
    if waiting is not None:
        return waiting
    # It expired, or its inviter lost the right. Revoke it, since a person has at most one unanswered
    # invitation to a room.
    theirs.filter(uses=0, revoked_at=None, declined_at=None).update(revoked_at=clock.now())
    limits.allow("invite", person.pk)
    made = _invite(person, room, person=other, most_uses=1)
    other.invited_until = made.expires_at
    other.save(update_fields=["invited_until"])
    publish(person_changed(other))
    return made


@transaction.atomic
def invite_email(person: Person, room_id: UUID | None, address: str) -> Invitation:
    """Invite the account of an email address, existing or not; without a room, into the workspace.

    The caller sends the email. While the invitation is open, returns the same one again; that still counts against the
    rate limit, since it is another email. Raises NotFound, Refused, Invalid and Limited.
    """
    email = address.strip().lower()
    try:
        validate_email(email if len(email) <= ADDRESS_LIMIT else "")
    except ValidationError:
        raise Invalid(
            _("“%(address)s” is not an email address.") % {"address": address[:ADDRESS_LIMIT]}
        ) from None
    room = _inviting(person, room_id)
    limits.allow("invite", person.pk)
    known = Invitation.objects.filter(room=room, email=email, invited_by=person).usable().first()
    return known or _invite(person, room, email=email, most_uses=1)


def note_refused_mail(invitation_id: UUID) -> None:
    """Record that the mail was rejected, for the room's moderators. The invitation stays valid: its link can be shared."""
    Invitation.objects.filter(pk=invitation_id).update(mail_refused_at=clock.now())


@transaction.atomic
def make_link(
    person: Person, room_id: UUID | None, *, days: int = DEFAULT_DAYS, most_uses: int | None = None
) -> Invitation:
    """Create a link for one of ``DAYS`` and up to 100 uses, or no limit. Raises the errors of ``invite_email``."""
    if days not in DAYS:
        raise Invalid(_("A link can expire in 1, 7 or 30 days."))
    if most_uses is not None and not 1 <= most_uses <= MAX_USES:
        raise Invalid(_("A link can have 1 to %(most)d uses, or no limit.") % {"most": MAX_USES})
    room = _inviting(person, room_id)
    limits.allow("invite", person.pk)
    return _invite(person, room, days=days, most_uses=most_uses)


@transaction.atomic
def revoke_invitation(person: Person, invitation_id: UUID, *, from_above: bool = False) -> Invitation:
    """Revoke an invitation. Raises NotFound. No change if repeated.

    ``from_above``: as a workspace moderator, who need not be in the room.
    """
    above = from_above and policies.may_moderate_workspace(person)
    known = Invitation.objects.all() if above else Invitation.objects.visible_to(person)
    found = known.select_related("room", "person").filter(pk=invitation_id).first()
    if found is None:
        raise NotFound
    if Invitation.objects.open().filter(pk=found.pk).update(revoked_at=clock.now()):
        if found.invited_by_id != person.pk:
            note(person, Act.INVITATION, person=found.person, room=found.room)
        _notify(found.pk)
    return found


@transaction.atomic
def decline_invitation(person: Person, invitation_id: UUID) -> None:
    """Raises NotFound unless the invitation is for this person. No change if repeated, or if it is over."""
    mine = Invitation.objects.filter(pk=invitation_id, person=person)
    if mine.open().update(declined_at=clock.now()):
        _notify(invitation_id)
    elif not mine.exists():
        raise NotFound


def _notify(invitation_id: UUID) -> None:
    """Notify the pages of the invited person, if it is for a person with an account."""
    person = Person.objects.filter(invitations=invitation_id).first()
    if person is not None:
        publish(person_changed(person))


def _inviting(person: Person, room_id: UUID | None) -> Room | None:
    """Check permission and return the locked room; None for the workspace."""
    if room_id is None:
        if not policies.may_invite_to_workspace(person):
            raise NotFound
        return None
    room = lock_room(room_id)
    if not policies.may_invite(current_member(room, person), room):
        raise Refused(
            _("Only the room's owners and moderators can invite people, and only until it is archived.")
        )
    return room


def _invite(
    inviter: Person, room: Room | None, *, days: int = DEFAULT_DAYS, **whom: Person | str | int | None
) -> Invitation:
    now = clock.now()
    return Invitation.objects.create(
        room=room,
        room_version=room.version if room else 0,
        invited_by=inviter,
        created_at=now,
        expires_at=now + timedelta(days=days),
        **whom,
    )


def _erase_address(person: Person) -> list[Event]:
    """Replace the person's email address in invitations. An empty one would turn them into links for anyone."""
    if person.email:
        theirs = Invitation.objects.filter(email=person.email)
        theirs.open().update(revoked_at=clock.now())
        theirs.update(email=f"former-{person.pk}@former.invalid")  # a domain that never exists (RFC 2606)
    return []


register_personal_data(
    "invitations",
    PersonalData(
        references=("Invitation.invited_by", "Invitation.person"),
        erase=_erase_address,
        stays="Who invited whom, without name or address: an invitation without a person would become a link.",
    ),
)
