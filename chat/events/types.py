"""The events. They are named in the past tense, and published after the commit, never before.

An event makes its own envelope, so that a feature brings its events in its own files.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from uuid import UUID

from chat.events.compatibility import older
from chat.events.envelope import (
    Envelope,
    LastLine,
    Nudge,
    account_topic,
    person_topic,
    room_topic,
    session_topic,
)
from chat.events.rendering import member_html, message_html, title_html
from chat.models import Member, Message, Room


class Event(ABC):
    """Base class."""

    __slots__ = ()

    @abstractmethod
    def to_envelope(self) -> Envelope:
        """Plain data for the channel layer, made once for all processes. No query."""


@dataclass(frozen=True, slots=True)
class MessageChanged(Event):
    """Base of the three below: pages treat them alike, by id and version.

    ``room`` is as of this change; ``message`` has its ``author`` selected.
    """

    room: Room
    message: Message

    def to_envelope(self) -> Envelope:
        return room_envelope(self.room, message_html(self.message), _last_line(self.room, self.message))


class MessagePosted(MessageChanged):
    __slots__ = ()


class MessageEdited(MessageChanged):
    __slots__ = ()


class MessageDeleted(MessageChanged):
    __slots__ = ()


@dataclass(frozen=True, slots=True)
class MemberChanged(Event):
    """A member joined, left, was removed or renamed, changed role, or was deactivated or reactivated.

    ``member`` has ``person`` and its ``user`` selected.
    """

    room: Room
    member: Member

    def to_envelope(self) -> Envelope:
        return room_envelope(self.room, member_html(self.member), None)


@dataclass(frozen=True, slots=True)
class RoomChanged(Event):
    """The room's name, topic or settings changed."""

    room: Room

    def to_envelope(self) -> Envelope:
        return room_envelope(self.room, title_html(self.room), None)


@dataclass(frozen=True, slots=True)
class MessagesExpired(Event):
    """Older messages of the room expired: whatever shows or counts them has to read again."""

    room: Room

    def to_envelope(self) -> Envelope:
        return {
            "kind": "forgotten",  # the previous release reads this name
            "topic": room_topic(self.room.pk),
            "delivery": "durable",
            "room": str(self.room.pk),
            "version": self.room.version,
            "epoch": self.room.epoch,
            "nudge": {**nudge(self.room, None), "first": self.room.first_seq},
        }


@dataclass(frozen=True, slots=True)
class PersonChanged(Event):
    """The person's set of rooms, their invitations or their name changed: their own pages reload these."""

    person_id: int
    version: int

    def to_envelope(self) -> Envelope:
        return older(
            {
                "kind": "person",
                "topic": person_topic(self.person_id),
                "delivery": "durable",
                "version": self.version,
            },
            person=self.person_id,
        )


@dataclass(frozen=True, slots=True)
class ReadMoved(Event):
    """The person has read up to ``seq``: their other pages update the unread count."""

    person_id: int
    room_id: UUID
    seq: int

    def to_envelope(self) -> Envelope:
        envelope = latest_envelope("read", self.person_id, self.room_id, seq=self.seq)
        return older(envelope, person=self.person_id, seq=self.seq)


@dataclass(frozen=True, slots=True)
class AccountChanged(Event):
    """The user's password, or whether they may sign in, may have changed: recheck their sockets."""

    user_id: str

    def to_envelope(self) -> Envelope:
        envelope: Envelope = {
            "kind": "account",
            "topic": account_topic(self.user_id),
            "delivery": "durable",
        }
        return older(envelope, user=self.user_id)


@dataclass(frozen=True, slots=True)
class SessionEnded(Event):
    """A session ended. ``session`` is ``rendering.session_digest`` of its key, which never leaves the database."""

    session: str

    def to_envelope(self) -> Envelope:
        envelope: Envelope = {
            "kind": "session",
            "topic": session_topic(self.session),
            "delivery": "durable",
        }
        return older(envelope, session=self.session)


def room_envelope(room: Room, frame: str, last: LastLine | None) -> Envelope:
    """A change of the room with its version: the frame for pages that show it, a nudge for its members' other pages."""
    return {
        "kind": "room",
        "topic": room_topic(room.pk),
        "delivery": "durable",
        "room": str(room.pk),
        "version": room.version,
        "epoch": room.epoch,
        "frame": frame,
        "nudge": nudge(room, last),
    }


def latest_envelope(name: str, person_id: int, room_id: UUID, **value: int | str) -> Envelope:
    """A value of a person's room, for their own pages: the newest wins, and all are sent again after a first beat."""
    room = str(room_id)
    return {
        "kind": name,
        "topic": person_topic(person_id),
        "delivery": "latest",
        "room": room,
        "message": {"type": name, "room": room, **value},
    }


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


def _last_line(room: Room, message: Message) -> LastLine | None:
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
