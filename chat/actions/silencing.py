"""Silencing people for a while, in one room or in the whole workspace: they can read, but not post."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from chat import policies
from chat.actions.auditing import Act, clean_reason, note
from chat.actions.locking import current_member, lock_room, person_changed
from chat.actions.members import get_member
from chat.errors import Invalid, NotFound, Refused
from chat.events.publishing import publish
from chat.models import Member, Person

LONGEST = timedelta(weeks=52)


@transaction.atomic
def silence_member(
    person: Person, room_id: UUID, member_id: int, lasting: timedelta, reason: str = ""
) -> None:
    """Silence a member: from now on they can't post or edit in this room. Raises NotFound, Refused and Invalid."""
    reason, other = clean_reason(reason), _get_silenceable(person, room_id, member_id)
    _silence(other, lasting)
    note(
        person,
        Act.SILENCED,
        person=other.person,
        room=other.room,
        reason=reason,
        hours=lasting / timedelta(hours=1),
    )
    _notify(other.person)


@transaction.atomic
def unsilence_member(person: Person, room_id: UUID, member_id: int) -> None:
    """Let a member post again. Raises NotFound and Refused. No change if repeated."""
    other = _get_silenceable(person, room_id, member_id)
    if other.silenced_until is not None:
        _unsilence(other)
        note(person, Act.UNSILENCED, person=other.person, room=other.room)
        _notify(other.person)


@transaction.atomic
def silence_person(person: Person, other_id: int, lasting: timedelta, reason: str = "") -> None:
    """Silence a person in the whole workspace, as its owner or moderator. Raises NotFound, Refused and Invalid."""
    reason, other = clean_reason(reason), _workspace_person(person, other_id)
    _silence(other, lasting)
    note(person, Act.SILENCED, person=other, reason=reason, hours=lasting / timedelta(hours=1))
    _notify(other)


@transaction.atomic
def unsilence_person(person: Person, other_id: int) -> None:
    """Raises NotFound and Refused. No change if repeated."""
    other = _workspace_person(person, other_id)
    if other.silenced_until is not None:
        _unsilence(other)
        note(person, Act.UNSILENCED, person=other)
        _notify(other)


def _get_silenceable(person: Person, room_id: UUID, member_id: int) -> Member:
    """A member this person may remove, under the room's lock. Raises NotFound and Refused."""
    room = lock_room(room_id)
    acting = current_member(room, person)
    other = get_member(room, member_id)
    if not policies.may_remove(acting, other):
        raise Refused(_("You can't silence or unsilence these people."))
    other.room = room
    return other


def _workspace_person(person: Person, other_id: int) -> Person:
    other = Person.objects.select_for_update(of=("self",), no_key=True).select_related("user")
    found = other.filter(pk=other_id).first()
    if found is None:
        raise NotFound
    if not policies.may_act_on(person, found):
        raise Refused(_("You can't silence or unsilence this person."))
    return found


def _silence(whom: Member | Person, lasting: timedelta) -> None:
    if not timedelta(0) < lasting <= LONGEST:
        raise Invalid(_("A silence can last one year at most."))
    whom.silenced_until = Now() + lasting  # the database's clock
    whom.save(update_fields=["silenced_until"])


def _unsilence(whom: Member | Person) -> None:
    whom.silenced_until = None
    whom.save(update_fields=["silenced_until"])


def _notify(person: Person) -> None:
    """Only their own pages show why they can't post."""
    publish(person_changed(person))
