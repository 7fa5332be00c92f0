"""Permission rules: yes or no. No rule runs a query, so callers select what the rules read."""

from datetime import datetime

from chat.models import Member, Message, Person, Room
from chat.models.member import MODERATOR_ROLES


def may_write(room: Room) -> bool:
    """Post and edit: in every room that is not archived."""
    return room.archived_at is None


def may_post(room: Room, role: str) -> bool:
    """Start a message in the room, with this role."""
    return not room.moderators_post_only or role in MODERATOR_ROLES


def waits(room: Room, role: str, posted_at: datetime | None, now: datetime) -> float:
    """Seconds until the next message is allowed in slow mode; 0 if now. Owners and moderators don't wait."""
    if not room.slow_seconds or role in MODERATOR_ROLES or posted_at is None:
        return 0
    return max(0, room.slow_seconds - (now - posted_at).total_seconds())


def is_silenced(now: datetime, *until: datetime | None) -> bool:
    """Silenced in the room or in the whole workspace: no posting, no editing."""
    return any(each is not None and each > now for each in until)


def may_edit(member: Member, message: Message) -> bool:
    """Only the author, while they are in the room and the message is not deleted."""
    return member.person_id == message.author_id and message.deleted_at is None


def may_delete(member: Member, message: Message) -> bool:
    return message.deleted_at is None and (
        member.person_id == message.author_id or member.role in MODERATOR_ROLES
    )


def may_report(person: Person, message: Message) -> bool:
    """Messages by other people, until they are deleted."""
    return message.author_id != person.pk and message.deleted_at is None


def may_manage(member: Member) -> bool:
    """Change the name, the topic, the members and their roles."""
    return member.role == Member.Role.OWNER


def may_moderate(member: Member) -> bool:
    """See bans and lift them."""
    return member.role in MODERATOR_ROLES


def may_remove(member: Member, other: Member) -> bool:
    """Also for ban and silence. Owners: anybody but owners. Moderators: members. Nobody removes themselves (they
    leave).
    """
    if member.pk == other.pk or other.role == Member.Role.OWNER:
        return False
    return member.role == Member.Role.OWNER or (
        member.role == Member.Role.MODERATOR and other.role == Member.Role.MEMBER
    )


def may_join(room: Room) -> bool:
    return room.kind == Room.Kind.OPEN and room.archived_at is None


def may_invite(member: Member, room: Room) -> bool:
    """Owners and moderators, if the room is not archived. Nobody joins a direct conversation."""
    return member.role in MODERATOR_ROLES and room.kind != Room.Kind.DIRECT and room.archived_at is None


def may_invite_to_workspace(person: Person) -> bool:
    return may_moderate_workspace(person)


def may_leave(room: Room) -> bool:
    """Nobody joins or leaves a direct conversation."""
    return room.kind != Room.Kind.DIRECT


def may_own_workspace(person: Person) -> bool:
    """Invite people and appoint moderators."""
    return person.workspace_role == Person.WorkspaceRole.OWNER


def may_moderate_workspace(person: Person) -> bool:
    """Handle reports, rooms and people of the whole workspace, in the admin."""
    return person.workspace_role != Person.WorkspaceRole.MEMBER


def may_decide(person: Person, message: Message) -> bool:
    """Decide a report about the message. Moderators can't decide about their own; workspace owners can."""
    return may_own_workspace(person) or (may_moderate_workspace(person) and message.author_id != person.pk)


def may_act_on(person: Person, other: Person) -> bool:
    """Deactivate or silence. Workspace owners: anybody but themselves. Workspace moderators: members."""
    if person.pk == other.pk or not may_moderate_workspace(person):
        return False
    return may_own_workspace(person) or other.workspace_role == Person.WorkspaceRole.MEMBER
