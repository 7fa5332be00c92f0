"""From an event to what goes over the wire: rendered once, the same for every viewer."""

import hashlib
from typing import Any, NotRequired, TypedDict
from uuid import UUID

from django.template.loader import render_to_string

from chat.events.fragments import fragments
from chat.events.types import (
    AccountChanged,
    DraftChanged,
    Event,
    MemberChanged,
    MessageChanged,
    MessagesExpired,
    PersonChanged,
    ReadMoved,
    RoomChanged,
    RoomEvent,
    SessionEnded,
)
from chat.models import Member, Message, Room


class LastLine(TypedDict):
    """The last message of a room, as a line in the list of rooms. ``at`` is ISO 8601, UTC; ``version`` the message's."""

    version: int
    author: int
    name: str
    text: str
    at: str
    deleted: bool


class Nudge(TypedDict):
    """What the other pages of a room's people learn. ``last`` is None where the last line stays what it was.

    ``first`` is there when older messages were forgotten: the seq of the first that is left.
    """

    type: str
    room: str
    version: int
    last_seq: int
    name: str
    kind: str
    archived: bool
    last: LastLine | None
    first: NotRequired[int]


class Envelope(TypedDict):
    """One event on the channel layer; which keys are there depends on ``kind``."""

    kind: str
    room: NotRequired[str]
    version: NotRequired[int]
    epoch: NotRequired[int]
    frame: NotRequired[str]
    nudge: NotRequired[Nudge]
    person: NotRequired[int]
    seq: NotRequired[int]
    state: NotRequired[str]
    user: NotRequired[str]
    session: NotRequired[str]
    published: NotRequired[float]  # only where it was published: when, on that process' monotonic clock


def message_html(message: Message) -> str:
    """The one fragment of a message. Needs ``author`` selected."""
    key = message_key(message.pk, message.version, message.author.version)
    return fragments.get(key) or fragments.put(key, _render("chat/message/_message.html", message=message))


def member_html(member: Member) -> str:
    """The one fragment of a member. Needs ``person.user`` selected."""
    key = member_key(member.pk, member.version, member.person.version)
    return fragments.get(key) or fragments.put(key, _render("chat/members/_member.html", member=member))


def message_key(message_id: UUID, version: int, author_version: int) -> object:
    """What tells a message's fragment from every other: its name changes with its author."""
    return "message", message_id, version, author_version


def member_key(member_id: int, version: int, person_version: int) -> object:
    return "member", member_id, version, person_version


def title_html(room: Room) -> str:
    return _render("chat/room/_title.html", room=room)


def _render(template: str, **context: object) -> str:
    return render_to_string(template, context).strip()


def session_digest(session_key: str) -> str:
    return hashlib.sha256(session_key.encode()).hexdigest()


def to_envelope(event: Event) -> Envelope:
    """The event as plain data for the channel layer."""
    match event:
        case MessageChanged(room, message):
            return _room(event, message_html(message), _last(room, message))
        case MemberChanged(_, member):
            return _room(event, member_html(member), None)
        case RoomChanged(room):
            return _room(event, title_html(room), None)
        case MessagesExpired(room):
            return {
                "kind": "forgotten",
                "room": str(room.pk),
                "version": room.version,
                "epoch": room.epoch,
                "nudge": {**nudge(room, None), "first": room.first_seq},
            }
        case PersonChanged(person_id, version):
            return {"kind": "person", "person": person_id, "version": version}
        case ReadMoved(person_id, room_id, seq):
            return {"kind": "read", "person": person_id, "room": str(room_id), "seq": seq}
        case DraftChanged(person_id, room_id, state):
            return {"kind": "draft", "person": person_id, "room": str(room_id), "state": state}
        case AccountChanged(user_id):
            return {"kind": "account", "user": user_id}
        case SessionEnded(session):
            return {"kind": "session", "session": session}


def nudge(room: Room, last: LastLine | None) -> Nudge:
    return {
        "type": "nudge",
        "room": str(room.pk),
        "version": room.version,
        "last_seq": room.last_seq,
        "name": room.name,
        "kind": room.kind,
        "archived": room.archived_at is not None,
        "last": last,
    }


def _room(event: RoomEvent, frame: str, last: LastLine | None) -> Envelope:
    room = event.room
    return {
        "kind": "room",
        "room": str(room.pk),
        "version": room.version,
        "epoch": room.epoch,
        "frame": frame,
        "nudge": nudge(room, last),
    }


def _last(room: Room, message: Message) -> LastLine | None:
    if message.seq != room.last_seq:
        return None
    return {
        "version": message.version,
        "author": message.author_id,
        "name": message.author.display_name,
        "text": message.excerpt,
        "at": message.created_at.isoformat(),
        "deleted": message.deleted_at is not None,
    }


def to_layer_message(envelope: list[Envelope]) -> dict[str, Any]:
    """Channels wants a ``type``; the hub reads the rest. ``Any``, since the layer takes any mapping."""
    return {"type": "chat.told", "told": envelope}
