"""What a room is in somebody's own list: muted, a favourite, in which place. Takes no version: it is theirs alone."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from chat.actions.locking import current_member, lock_room, person_changed
from chat.errors import Conflict
from chat.events.publishing import publish
from chat.models import Member, Person, Room


@transaction.atomic
def set_muted(person: Person, room_id: UUID, muted: bool) -> None:
    """A muted room says nothing of what is new in it. Raises NotFound. The same again changes nothing."""
    member = current_member(lock_room(room_id), person)
    if member.muted != muted:
        member.muted = muted
        member.save(update_fields=["muted"])
        publish(person_changed(member.person))


@transaction.atomic
def set_favourite(person: Person, room_id: UUID, favourite: bool) -> None:
    """To the end of the favourites, or out of them. Raises NotFound. The same again changes nothing."""
    member = current_member(lock_room(room_id), person)
    if (member.favourite is not None) == favourite:
        return
    last = Member.objects.filter(person=person).aggregate(last=Max("favourite"))["last"]
    member.favourite = (last or 0) + 1 if favourite else None
    member.save(update_fields=["favourite"])
    publish(person_changed(member.person))


@transaction.atomic
def order_favourites(person: Person, room_ids: Sequence[UUID]) -> None:
    """All the favourites in another order. Raises Conflict if these are not exactly those. Four queries at most."""
    mine = Member.objects.current().filter(person=person, favourite__isnull=False)
    # Their rooms are locked although they take no version: whoever else writes rows of many members comes by these locks.
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
