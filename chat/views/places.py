"""The list of rooms in the sidebar."""

from dataclasses import dataclass

from django.db.models import F

from chat.models import Member, Message, Person, Room


@dataclass(frozen=True, slots=True)
class Place:
    """A room in somebody's list. ``last`` has its author selected."""

    room: Room
    member: Member
    last: Message | None

    @property
    def unread(self) -> int:
        return max(0, self.room.last_seq - self.member.read_seq)


def places_of(person: Person) -> list[Place]:
    """The person's rooms by name. Two queries, however many rooms."""
    members = list(
        Member.objects.current()
        .filter(person=person)
        .select_related("room")
        .order_by("room__name", "room_id")
    )
    last = Message.objects.shown().filter(room__in=[m.room_id for m in members], seq=F("room__last_seq"))
    by_room = {message.room_id: message for message in last}
    return [Place(member.room, member, by_room.get(member.room_id)) for member in members]
