"""Who may do what with what they can see. Pure yes or no: no query hides here, so callers select what these read."""

from datetime import datetime

from chat.models import Member, Message, Person, Room
from chat.models.member import MODERATOR_ROLES


def may_write(room: Room) -> bool:
    """Post, edit: wherever one is, but for archived rooms."""
    return room.archived_at is None


def may_post(room: Room, role: str) -> bool:
    """Begin something there, as what one is in it."""
    return not room.keepers_only or role in MODERATOR_ROLES


def waits(room: Room, role: str, posted_at: datetime | None, now: datetime) -> float:
    """Seconds until the next message where there is slow mode, 0 for none. Keepers don't wait."""
    if not room.slow_seconds or role in MODERATOR_ROLES or posted_at is None:
        return 0
    return max(0, room.slow_seconds - (now - posted_at).total_seconds())


def is_silenced(now: datetime, *until: datetime | None) -> bool:
    """In the room or in the whole place: neither posts nor edits."""
    return any(each is not None and each > now for each in until)


def may_edit(member: Member, message: Message) -> bool:
    """Only its author, while in the room, and while there is something to edit."""
    return member.person_id == message.author_id and message.deleted_at is None


def may_delete(member: Member, message: Message) -> bool:
    return message.deleted_at is None and (
        member.person_id == message.author_id or member.role in MODERATOR_ROLES
    )


def may_report(person: Person, message: Message) -> bool:
    """What others wrote, while it is there."""
    return message.author_id != person.pk and message.deleted_at is None


def may_manage(member: Member) -> bool:
    """Name, topic, who is in, and who else may do so."""
    return member.role == Member.Role.OWNER


def may_moderate(member: Member) -> bool:
    """See who is banned, and lift it."""
    return member.role in MODERATOR_ROLES


def may_remove(member: Member, other: Member) -> bool:
    """And ban, and silence: owners anybody but owners, moderators members; nobody removes themselves (they leave)."""
    if member.pk == other.pk or other.role == Member.Role.OWNER:
        return False
    return member.role == Member.Role.OWNER or (
        member.role == Member.Role.MODERATOR and other.role == Member.Role.MEMBER
    )


def may_join(room: Room) -> bool:
    return room.kind == Room.Kind.OPEN and room.archived_at is None


def may_invite(member: Member, room: Room) -> bool:
    """Owners and moderators, into a room that is in use; nobody joins a direct conversation."""
    return member.role in MODERATOR_ROLES and room.kind != Room.Kind.DIRECT and room.archived_at is None


def may_invite_to_workspace(person: Person) -> bool:
    return may_moderate_workspace(person)


def may_leave(room: Room) -> bool:
    """Nobody joins or leaves a direct conversation."""
    return room.kind != Room.Kind.DIRECT


def may_own_workspace(person: Person) -> bool:
    """Who comes in, who moderates."""
    return person.workspace_role == Person.WorkspaceRole.OWNER


def may_moderate_workspace(person: Person) -> bool:
    """Reports, rooms and people of the whole place, in the administration."""
    return person.workspace_role != Person.WorkspaceRole.MEMBER


def may_decide(person: Person, message: Message) -> bool:
    """A report of it: no moderator about what they wrote themselves; owners of the place have nobody above them."""
    return may_own_workspace(person) or (may_moderate_workspace(person) and message.author_id != person.pk)


def may_act_on(person: Person, other: Person) -> bool:
    """Deactivate, silence: owners of the place anybody but themselves, its moderators its members."""
    if person.pk == other.pk or not may_moderate_workspace(person):
        return False
    return may_own_workspace(person) or other.workspace_role == Person.WorkspaceRole.MEMBER
