"""The closed vocabulary of what can happen. Past tense: an event is told after the commit, never before."""

from dataclasses import dataclass
from uuid import UUID

from chat.models import Member, Message, Room


@dataclass(frozen=True, slots=True)
class MessageChanged:
    """Posted, edited or deleted: the page treats the three alike, by id and version.

    ``room`` is as the change left it, ``message`` has its ``author`` selected.
    """

    room: Room
    message: Message


@dataclass(frozen=True, slots=True)
class MemberChanged:
    """Joined, left, was removed, renamed, got another role, or lost or regained the account.

    ``member`` has ``person`` and its ``user`` selected.
    """

    room: Room
    member: Member


@dataclass(frozen=True, slots=True)
class RoomChanged:
    """Another name or topic."""

    room: Room


@dataclass(frozen=True, slots=True)
class MessagesExpired:
    """The room does not keep its older messages any longer: whatever shows or counts them asks anew."""

    room: Room


@dataclass(frozen=True, slots=True)
class PersonChanged:
    """The person's set of rooms, what they are invited to or their name is another: their own pages look again."""

    person_id: int
    version: int


@dataclass(frozen=True, slots=True)
class ReadMoved:
    """The person has read up to ``seq``: their other tabs count anew."""

    person_id: int
    room_id: UUID
    seq: int


@dataclass(frozen=True, slots=True)
class DraftChanged:
    """What the person has half-typed in a room is another: ``state`` names it, empty for nothing. Their tabs ask for it."""

    person_id: int
    room_id: UUID
    state: str


@dataclass(frozen=True, slots=True)
class AccountChanged:
    """The user's password, or whether they may sign in, may have changed: ask again about their sockets."""

    user_id: str


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """A session is gone. ``session`` is ``rendering.session_digest`` of its key: the key never leaves the database."""

    session: str


type RoomEvent = MessageChanged | MemberChanged | RoomChanged
type Event = (
    RoomEvent | MessagesExpired | PersonChanged | ReadMoved | DraftChanged | AccountChanged | SessionEnded
)
