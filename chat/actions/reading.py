"""Read positions. They take no room version and no lock: a read position concerns one person only."""

from uuid import UUID

from django.db.models import F
from django.db.models.functions import Greatest

from chat.errors import NotFound
from chat.events.publishing import publish
from chat.events.types import ReadMoved
from chat.models import Member, Person


def mark_read(person: Person, room_id: UUID, seq: int) -> None:
    """Mark as read up to ``seq``, at most the room's last; never backwards. Raises NotFound. Two queries."""
    member = Member.objects.current().select_related("room").filter(person=person, room=room_id).first()
    if member is None:
        raise NotFound
    reached = min(seq, member.room.last_seq)
    if reached <= member.read_seq:
        return
    Member.objects.filter(pk=member.pk).update(
        read_seq=Greatest(F("read_seq"), reached), seen_seq=Greatest(F("seen_seq"), reached)
    )
    publish(ReadMoved(person.pk, room_id, reached))
