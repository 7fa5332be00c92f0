"""The room's lock, and the numbers that are taken under it. Posting, which is by hand, locks in ``statements.py``.

Order of locks, for all actions: a user's row, then rooms in the order of their ids, then people. Whoever keeps it can't
deadlock with anybody else who does.
"""

from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import F, Manager

from chat.errors import NotFound
from chat.events.types import PersonChanged
from chat.models import Member, Person, Room


def lock_room(room_id: UUID) -> Room:
    """The room, locked to the end of the transaction. Raises NotFound. One query."""
    room = Room.objects.select_for_update(no_key=True).filter(pk=room_id).first()
    if room is None:
        raise NotFound
    return room


def lock_rooms_of(*people: Person) -> list[Room]:
    """Every room these people are or were in, locked in the order of the ids. One query."""
    mine = Member.objects.filter(person__in=people).values("room")
    return list(Room.objects.select_for_update(no_key=True).filter(pk__in=mine).order_by("pk"))


def lock_user(*people: Person) -> None:
    """Joining and deactivation meet at this row, so that neither overlooks the other. One query."""
    theirs = users().filter(pk__in=[person.user_id for person in people]).order_by("pk")
    list(theirs.select_for_update(no_key=True).values_list("pk"))


def users() -> Manager[Any]:
    """Those of the project. ``Any``: the user model is its own."""
    return get_user_model()._default_manager  # noqa: SLF001 - Django's documented way to a custom user's manager


def current_member(room: Room, person: Person) -> Member:
    """The person's membership, read under the room's lock. Raises NotFound. One query."""
    found = Member.objects.current().select_related("person__user").filter(room=room, person=person).first()
    if found is None:
        raise NotFound
    return found


def advance(room: Room, *, loss: bool = False) -> None:
    """Take the room's next version; with it the next epoch for a loss of access. One query.

    Only under ``lock_room``: the lock is held to the commit, so the order of versions is the order of commits.
    """
    room.version = F("version") + 1  # an expression, until RETURNING fills the number in
    fields = ["version"]
    if loss:
        room.epoch = F("epoch") + 1
        fields.append("epoch")
    room.save(update_fields=fields)


def raise_person_version(person: Person) -> int:
    """One more thing that the person's other pages must learn of; returns the new version. One query."""
    person.version = F("version") + 1  # an expression, until RETURNING fills the number in
    person.save(update_fields=["version"])
    return person.version


def person_changed(person: Person) -> PersonChanged:
    """The same as an event, to be published. One query."""
    return PersonChanged(person.pk, raise_person_version(person))
