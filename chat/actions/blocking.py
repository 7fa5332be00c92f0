"""Blocking people. Private to the person who blocks: the other is never told."""

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from chat.actions.locking import person_changed
from chat.errors import Invalid, NotFound, Refused
from chat.events.publishing import publish
from chat.events.types import Event
from chat.models import Block, Member, Person, Room
from chat.privacy.registry import PersonalData, register_personal_data


@transaction.atomic
def block_person(person: Person, other_id: int) -> None:
    """Block a person: their messages collapse, and the two can't write to each other. No change if repeated.

    Raises NotFound and Invalid.
    """
    if other_id == person.pk:
        raise Invalid(_("You can't block yourself."))
    other = _get(other_id)
    if Block.objects.get_or_create(person=person, blocked=other)[1]:
        publish(person_changed(person))


@transaction.atomic
def unblock_person(person: Person, other_id: int) -> None:
    """Raises NotFound. No change if repeated."""
    if Block.objects.filter(person=person, blocked=_get(other_id)).delete()[0]:
        publish(person_changed(person))


def either_blocked(person: Person, other_id: int) -> bool:
    """Whether one of the two has blocked the other. One query."""
    theirs = Q(person=person, blocked=other_id) | Q(person=other_id, blocked=person)
    return Block.objects.filter(theirs).exists()


def is_blocked_direct(room: Room, person: Person) -> bool:
    """Whether this is a direct conversation of two, one of whom blocked the other. Two queries; none for a room.

    Posting checks the same in its own statement (``posting_sql.lock``).
    """
    if room.kind != Room.Kind.DIRECT:
        return False
    others = Member.objects.filter(room=room).exclude(person=person).values_list("person", flat=True)
    return len(others) == 1 and either_blocked(person, others[0])


def _get(person_id: int) -> Person:
    person = Person.objects.arrived().filter(pk=person_id).first()
    if person is None:
        raise NotFound
    return person


def blocked_error() -> Refused:
    """Both people get the same sentence, so it does not reveal who blocked whom."""
    return Refused(_("You can't send each other direct messages."))


def _erase(person: Person) -> list[Event]:
    Block.objects.filter(person=person).delete()
    return []


register_personal_data(
    "blocks",
    PersonalData(
        references=("Block.person", "Block.blocked"),
        erase=_erase,
        stays="That others blocked them: it still collapses their messages.",
    ),
)
