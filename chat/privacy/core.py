"""Personal data of everybody: profile, rooms and messages. ``actions.leaving`` itself erases it."""

from collections.abc import Iterator
from typing import Any

from chat.models import Member, Message, Person, Room
from chat.privacy.registry import ROWS, PersonalData, Row, register_personal_data


def _profile(person: Person) -> Row:
    user: Any = person.user  # the project's own user model
    return {
        "display_name": person.display_name,
        "username": person.username,
        "email": getattr(user, user.get_email_field_name(), ""),
        "pronouns": person.pronouns,
        "about": person.about,
        "time_zone": person.time_zone,
        "language": person.language,
        "theme": person.theme,
        "room_order": person.room_order,
        "role": person.workspace_role,
    }


def _rooms(person: Person) -> Iterator[Row]:
    """Rooms where the person is or was. For rooms they left, the current name is not theirs to know."""
    others: dict[Any, list[str]] = {}
    directs = Member.objects.filter(room__kind=Room.Kind.DIRECT, room__in=Room.objects.joined_by(person))
    for room_id, name in directs.exclude(person=person).values_list("room", "person__display_name"):
        others.setdefault(room_id, []).append(name)
    for member in Member.objects.filter(person=person).select_related("room").order_by("room"):
        about: Row = {"id": member.room_id, "kind": member.room.kind, "left": not member.active}
        if member.active and member.room.kind == Room.Kind.DIRECT:
            about["with"] = sorted(others.get(member.room_id, []))
        elif member.active:
            about |= {"name": member.room.name, "topic": member.room.topic, "role": member.role}
            about["archived"] = member.room.archived_at
        yield about


def _messages(person: Person) -> Iterator[Row]:
    for message in (
        Message.objects.retained().filter(author=person).order_by("created_at", "pk").iterator(ROWS)
    ):
        yield {
            "id": message.pk,
            "room": message.room_id,
            "text": message.body,
            "sent": message.created_at,
            "edited": message.edited_at,
            "deleted": message.deleted_at,
        }


register_personal_data(
    "profile",
    PersonalData(file="profile.json", export=_profile, stays="The empty row: other rows refer to it."),
)
register_personal_data(
    "rooms",
    PersonalData(
        references=("Member.person",),
        file="rooms.json",
        export=_rooms,
        stays="That they were members and left.",
    ),
)
register_personal_data(
    "messages",
    PersonalData(
        references=("Message.author",),
        file="messages.json",
        export=_messages,
        stays="Their messages, without a name, unless they ask to delete them.",
    ),
)
