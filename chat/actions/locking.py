"""The room's lock, and the numbers taken under it. Posting has its own SQL and locks in ``posting_sql.py``.

Lock order of all actions: a user's row, then rooms ordered by id, then people. Actions that follow it can't deadlock.
"""

from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import F, Manager

from chat.errors import NotFound
from chat.events.types import PersonChanged
from chat.models import Member, Person, Room


def lock_room(room_id: UUID) -> Room:
    """Returns the room, locked until the end of the transaction. Raises NotFound. One query."""
    room = Room.objects.select_for_update(no_key=True).filter(pk=room_id).first()
    if room is None:
        raise NotFound
    return room


def lock_rooms_of(*people: Person) -> list[Room]:
    """Lock every room these people are or were in, ordered by id. One query."""
    mine = Member.objects.filter(person__in=people).values("room")
    return list(Room.objects.select_for_update(no_key=True).filter(pk__in=mine).order_by("pk"))


def lock_user(*people: Person) -> None:
    """Lock the users' rows, so that joining and deactivation see each other. One query."""
    theirs = users().filter(pk__in=[person.user_id for person in people]).order_by("pk")
    list(theirs.select_for_update(no_key=True).values_list("pk"))


def users() -> Manager[Any]:
    """The manager of the project's users. ``Any``: the user model is the project's."""
    return get_user_model()._default_manager  # noqa: SLF001 - Django's documented way to a custom user's manager


def current_member(room: Room, person: Person) -> Member:
    """The person's membership, read under the room's lock. Raises NotFound. One query."""
    found = Member.objects.current().select_related("person__user").filter(room=room, person=person).first()
    if found is None:
        raise NotFound
    return found


def advance(room: Room, *, loss: bool = False) -> None:
    """Take the room's next version, and the next epoch for a loss of access. One query.

    Only under ``lock_room``: the lock is held to the commit, so the order of versions is the order of commits.
    """
    room.version = F("version") + 1  # an expression, until RETURNING fills the number in
    fields = ["version"]
    if loss:
        room.epoch = F("epoch") + 1
        fields.append("epoch")
    room.save(update_fields=fields)


def raise_person_version(person: Person) -> int:
    """Take the person's next version, for a change their other pages must learn of. Returns it. One query."""
    person.version = F("version") + 1  # an expression, until RETURNING fills the number in
    person.save(update_fields=["version"])
    return person.version


def person_changed(person: Person) -> PersonChanged:
    """Take the person's next version and return the event to publish. One query."""
    return PersonChanged(person.pk, raise_person_version(person))
