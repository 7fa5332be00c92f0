"""A person's preferences for their list of rooms: muted, favourite, order. They take no room version: they concern one
person only.
"""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from chat.actions.locking import current_member, lock_room, person_changed
from chat.errors import Conflict, Invalid
from chat.events.publishing import publish
from chat.models import Member, Person, Room


@transaction.atomic
def set_muted(person: Person, room_id: UUID, muted: bool) -> None:
    """Mute a room: it shows no unread messages. Raises NotFound. No change if repeated."""
    member = current_member(lock_room(room_id), person)
    if member.muted != muted:
        member.muted = muted
        member.save(update_fields=["muted"])
        publish(person_changed(member.person))


@transaction.atomic
def set_favourite(person: Person, room_id: UUID, favourite: bool) -> None:
    """Add to the end of the favourites, or remove. Raises NotFound. No change if repeated."""
    member = current_member(lock_room(room_id), person)
    if (member.favourite is not None) == favourite:
        return
    last = Member.objects.filter(person=person).aggregate(last=Max("favourite"))["last"]
    member.favourite = (last or 0) + 1 if favourite else None
    member.save(update_fields=["favourite"])
    publish(person_changed(member.person))


@transaction.atomic
def order_rooms(person: Person, order: str) -> None:
    """Sort the rooms of the list by name or by activity. Raises Invalid. No change if repeated. Two queries."""
    if order not in Person.RoomOrder.values:
        raise Invalid(_("This order is not available."))
    if Person.objects.filter(pk=person.pk).exclude(room_order=order).update(room_order=order):
        person.room_order = order
        publish(person_changed(person))


@transaction.atomic
def order_favourites(person: Person, room_ids: Sequence[UUID]) -> None:
    """Reorder all favourites. Raises Conflict if these are not exactly the current ones. Four queries at most."""
    mine = Member.objects.current().filter(person=person, favourite__isnull=False)
    # Lock their rooms, though this takes no version: others who write many member rows take these locks
    # first.
    rooms = Room.objects.select_for_update(no_key=True).filter(pk__in=mine.values("room")).order_by("pk")
    locked = {room.pk for room in rooms}
    found = {member.room_id: member for member in mine.select_related("person").filter(room__in=locked)}
    order = {room_id: n for n, room_id in enumerate(room_ids, 1)}
    if len(order) != len(room_ids) or order.keys() != found.keys():
        raise Conflict(_("Your favourites have changed. Check the new order and try again."))
    moved = [member for member in found.values() if member.favourite != order[member.room_id]]
    for member in moved:
        member.favourite = order[member.room_id]
    if moved:
        Member.objects.bulk_update(moved, ["favourite"])
        publish(person_changed(moved[0].person))
