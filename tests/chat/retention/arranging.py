"""Old messages, and shorter retention periods."""

from datetime import timedelta

from django.db.models.functions import Now

from chat import actions
from chat.models import Member, Message, Person, Room

WEEK = timedelta(days=7)


def aged(room: Room, days: float, up_to: int = 2**40) -> None:
    """Makes the room's messages this old."""
    Message.objects.filter(room=room, seq__lte=up_to).update(created_at=Now() - timedelta(days=days))


def keep(owner: Person, room: Room, days: int) -> None:
    room.refresh_from_db()
    actions.edit_room(owner, room.pk, name=room.name, topic=room.topic, keep_days=days)
    room.refresh_from_db()


def empty_all() -> None:
    while actions.empty_some():
        pass


def read_seq(person: Person, room: Room) -> int:
    return Member.objects.values_list("read_seq", flat=True).get(person=person, room=room)
