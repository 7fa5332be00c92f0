"""Direct conversations: one for each exact set of people."""

import hashlib
from collections.abc import Collection
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from chat import policies
from chat.actions.blocking import blocked_error, either_blocked
from chat.actions.locking import current_member, lock_room, person_changed
from chat.errors import Invalid, NotFound, Refused
from chat.events.publishing import publish
from chat.models import Member, Person, Room

MAX_PEOPLE = 20


def open_direct(person: Person, others: Collection[int]) -> Room:
    """Find or create the conversation of a person with these others (ids of people).

    Raises Invalid, NotFound, and Refused for two people of whom one has blocked the other. It appears in the others'
    room lists with its first message.
    """
    ids = {person.pk, *others}
    if not 2 <= len(ids) <= MAX_PEOPLE:
        raise Invalid(_("A conversation needs 2 to %(most)d people.") % {"most": MAX_PEOPLE})
    if len(ids) == 2 and either_blocked(person, max(ids - {person.pk})):
        raise blocked_error()
    key = people_key(ids)
    room = Room.objects.filter(people_key=key).first()
    if room is None:
        try:
            with transaction.atomic():
                return _make(person, ids, key)
        except IntegrityError:  # another of them created it just now
            room = Room.objects.get(people_key=key)
    _show(person, room)
    return room


@transaction.atomic
def hide_direct(person: Person, room_id: UUID) -> None:
    """Hide a conversation from the person's own list until its next message.

    Raises NotFound, and Refused for a room: people leave rooms instead.
    """
    room = lock_room(room_id)
    member = current_member(room, person)
    if policies.may_leave(room):
        raise Refused(
            _("You can hide only direct conversations. Leave the room to remove it from your list.")
        )
    _hide(member, room.last_seq)


def people_key(ids: Collection[int]) -> str:
    """SHA-256 of the sorted ids: the same whoever starts the conversation."""
    return hashlib.sha256(",".join(str(pk) for pk in sorted(ids)).encode()).hexdigest()


def _make(person: Person, ids: Collection[int], key: str) -> Room:
    found = list(Person.objects.active().filter(pk__in=ids).order_by("pk"))  # in the order of locks
    if len(found) != len(ids):
        raise NotFound
    room = Room.objects.create(
        kind=Room.Kind.DIRECT, people_key=key, version=1 + len(ids), details_version=1, created_at=Now()
    )
    Member.objects.bulk_create(
        Member(room=room, person=each, version=2 + n, hidden_seq=None if each.pk == person.pk else 0)
        for n, each in enumerate(found)
    )
    publish(*(person_changed(each) for each in found))
    return room


@transaction.atomic
def _show(person: Person, room: Room) -> None:
    _hide(current_member(lock_room(room.pk), person), None)


def _hide(member: Member, seq: int | None) -> None:
    """Hide the conversation up to ``seq``, or show it again for None. No change if repeated."""
    if member.hidden_seq != seq:
        member.hidden_seq = seq
        member.save(update_fields=["hidden_seq"])
        publish(person_changed(member.person))
