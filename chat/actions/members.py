"""Joining and leaving rooms, and roles."""

from uuid import UUID

from django.db import transaction
from django.db.models import Q, TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chat import policies
from chat.actions.auditing import Act, clean_reason, note
from chat.actions.blocking import either_blocked
from chat.actions.locking import advance, current_member, lock_room, lock_user, person_changed
from chat.errors import Invalid, NotFound, Refused
from chat.events.publishing import publish
from chat.events.types import MemberChanged
from chat.models import Ban, Invitation, Member, Person, Room
from chat.privacy.registry import PERSONAL_DATA


class Needed(TextChoices):
    """Why a person can't leave a room, with what to do first: the page that asks and the refusal say the same."""

    OWNER = (
        "owner",
        gettext_lazy(
            "You are the only owner, and a room needs one. Make someone else an owner first. "
            "Then you can leave, and the room stays as it is."
        ),
    )
    ALONE = (
        "alone",
        gettext_lazy(
            "You are the only member, and nobody would be left. Archive the room first. Then you can leave."
        ),
    )


@transaction.atomic
def join_room(person: Person, room_id: UUID) -> Member:
    """Join an open room. Raises NotFound. No change if repeated."""
    lock_user(person)
    refresh(person)
    room = lock_room(room_id)
    member = find_member(room, person)
    if member and member.current:
        return member
    if not policies.may_join(room) or not person.user.is_active:
        raise NotFound
    return add_to_room(room, person, member)


@transaction.atomic
def add_member(person: Person, room_id: UUID, username: str) -> Member:
    """Add a person by username, as an owner. Raises NotFound, Refused and Invalid."""
    name = username.strip().lstrip("@").lower()
    people = Person.objects.active().select_related("user")
    other = people.filter(username=name).first() if name.isprintable() else None  # PostgreSQL rejects NUL
    if other is not None:
        lock_user(other)
        refresh(other)
    room = lock_room(room_id)
    if not policies.may_manage(current_member(room, person)):
        raise Refused(_("Only an owner of the room can add people."))
    if other is None or not other.user.is_active:
        raise Invalid(_("There is no username “%(name)s”.") % {"name": name})
    refuse_banned(room, other)
    member = find_member(room, other)
    if member and member.current:
        return member
    if either_blocked(person, other.pk):  # the same for both, so that it does not reveal who blocked whom
        raise Refused(_("You can't add %(name)s to a room.") % {"name": other.display_name})
    return add_to_room(room, other, member)


@transaction.atomic
def leave_room(person: Person, room_id: UUID) -> None:
    """Raises NotFound, and Refused for the last owner, unless they are alone in an archived room."""
    room = lock_room(room_id)
    member = current_member(room, person)
    if not policies.may_leave(room):
        raise Refused(_("You can't leave a direct conversation. You can hide it until the next message."))
    member.room = room
    if still_needed := why_needed(member):
        raise Refused(str(still_needed.label))
    remove_from_room(room, member)


@transaction.atomic
def remove_member(person: Person, room_id: UUID, member_id: int, reason: str = "") -> None:
    """Remove a member, who may come back. Raises NotFound, Refused and Invalid."""
    reason = clean_reason(reason)
    room = lock_room(room_id)
    acting = current_member(room, person)
    other = get_member(room, member_id)
    if not policies.may_remove(acting, other):
        raise Refused(_("You can't remove this person from the room."))
    remove_from_room(room, other)
    note(person, Act.REMOVED, person=other.person, room=room, reason=reason)


@transaction.atomic
def set_role(person: Person, room_id: UUID, member_id: int, role: str) -> Member:
    """Change a member's role. Raises NotFound, Refused and Invalid. No change if repeated."""
    if role not in Member.Role.values:
        raise Invalid(_("This role does not exist."))
    room = lock_room(room_id)
    if not policies.may_manage(current_member(room, person)):
        raise Refused(_("Only an owner of the room can change roles."))
    other = get_member(room, member_id)
    if other.role == role:
        return other
    if _is_last_owner(other):
        raise Refused(_("A room needs an owner. Make someone else an owner first."))
    give_role(person, room, other, role)
    return other


def give_role(by: Person, room: Room, member: Member, role: str) -> None:
    """Under the room's lock. The caller checks permission."""
    note(by, Act.ROLE, person=member.person, room=room, was=member.role, now=role)
    advance(room)
    member.role, member.version = role, room.version
    member.save(update_fields=["role", "version"])
    publish(MemberChanged(room, member))


def refresh(person: Person) -> None:
    """Reload what may have changed before the user's row was locked: active or not, name and picture."""
    person.refresh_from_db(fields=["display_name", "username", "picture", "version"])
    person.user.refresh_from_db(fields=["is_active"])


def find_member(room: Room, person: Person) -> Member | None:
    return Member.objects.select_related("person__user").filter(room=room, person=person).first()


def get_member(room: Room, member_id: int) -> Member:
    """A current member, under the room's lock. Raises NotFound. One query."""
    member = Member.objects.current().select_related("person__user").filter(room=room, pk=member_id).first()
    if member is None:
        raise NotFound
    return member


def _is_last_owner(member: Member) -> bool:
    owners = Member.objects.current().filter(room=member.room_id, role=Member.Role.OWNER)
    return member.role == Member.Role.OWNER and not owners.exclude(pk=member.pk).exists()


def why_needed(member: Member) -> Needed | None:
    """Why a member can't leave; None if they can. Reads ``room``; at most two queries."""
    if not _is_last_owner(member):
        return None
    if Member.objects.current().filter(room=member.room_id).exclude(pk=member.pk).exists():
        return Needed.OWNER
    return None if member.room.archived_at else Needed.ALONE


def refuse_banned(room: Room | None, person: Person) -> None:
    """Raises Refused if this person can't be brought in, because they are banned. One query.

    Nobody is banned from the workspace (room None).
    """
    if is_banned(room, person):
        raise Refused(
            _("%(name)s is banned from this room. Unban them first.") % {"name": person.display_name}
        )


def is_banned(room: Room | None, person: Person) -> bool:
    return Ban.objects.active().filter(room=room, person=person).exists()


def add_to_room(room: Room, person: Person, member: Member | None) -> Member:
    """Add a person to a room: every way in calls this. Under the locks of the person's user and of the room.

    Raises NotFound for banned people, for whom the room does not exist.
    """
    if is_banned(room, person):
        raise NotFound
    advance(room)
    member = member or Member(room=room, person=person)
    member.active, member.role, member.version = True, Member.Role.MEMBER, room.version
    member.joined_seq = member.read_seq = member.seen_seq = room.last_seq
    member.muted, member.favourite = False, None  # reset what they set before they left
    member.save()
    spend_invitations(room, person)
    publish(MemberChanged(room, member), person_changed(person))
    return member


def spend_invitations(room: Room, person: Person) -> None:
    """Use up the pending invitations for this person only: they must not bring them back after a removal. One query."""
    theirs = Q(person=person) | Q(email=person.email) & ~Q(email="")
    Invitation.objects.filter(theirs, room=room, uses=0, most_uses=1).update(uses=1)


def remove_from_room(room: Room, member: Member) -> None:
    """Remove a member, under the room's lock. Invitations sent to them before no longer work."""
    spend_invitations(room, member.person)
    for kind in PERSONAL_DATA.values():
        if kind.erase_in_room:
            kind.erase_in_room(member.person, room)
    advance(room, loss=True)
    member.active, member.role, member.version = False, Member.Role.MEMBER, room.version
    member.save(update_fields=["active", "role", "version"])
    publish(MemberChanged(room, member), person_changed(member.person))
