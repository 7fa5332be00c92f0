"""Roles in the workspace, and rooms without an owner."""

from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from chat import policies
from chat.actions.auditing import Act, note
from chat.actions.locking import lock_room, users
from chat.actions.members import get_member, give_role
from chat.errors import Invalid, NotFound, Refused
from chat.models import Member, Person

Role = Person.WorkspaceRole


@transaction.atomic
def set_workspace_role(person: Person, other_id: int, role: str) -> Person:
    """Make a person an owner, a moderator or a member of the workspace. Raises NotFound, Refused and Invalid.

    Only owners may, also for themselves; the last active owner stays. No change if repeated.
    """
    if role not in Role.values:
        raise Invalid(_("This role does not exist."))
    other = Person.objects.filter(pk=other_id).first()
    if other is None:
        raise NotFound
    # Lock all owners' rows, so that two owners can't demote each other at once.
    who = Q(is_superuser=True, is_active=True) | Q(pk__in=[person.user_id, other.user_id])
    locked = {user.pk: user for user in users().select_for_update(no_key=True).filter(who).order_by("pk")}
    person.user, other.user = locked[person.user_id], locked[other.user_id]
    if not (policies.may_own_workspace(person) and person.user.is_active):
        raise Refused(_("Only a workspace owner can change workspace roles."))
    was = other.workspace_role
    if was == role:
        return other
    owners = [user for user in locked.values() if user.is_superuser and user.is_active]
    if was == Role.OWNER and [user.pk for user in owners] == [other.user_id]:
        raise Refused(_("A workspace needs an owner. Make someone else an owner first."))
    user = other.user
    user.is_superuser, user.is_staff = role == Role.OWNER, role != Role.MEMBER
    user.save(update_fields=["is_superuser", "is_staff"])
    note(person, Act.WORKSPACE_ROLE, person=other, was=was, now=role)
    return other


@transaction.atomic
def hand_over(person: Person, room_id: UUID, member_id: int) -> Member:
    """Make a member the owner of a room that has none any more. Raises NotFound and Refused."""
    room = lock_room(room_id)
    heir = get_member(room, member_id)
    if not policies.may_moderate_workspace(person) or not policies.may_leave(room):
        raise Refused(_("Only workspace moderators can assign a new owner to a room."))
    if Member.objects.current().filter(room=room, role=Member.Role.OWNER).exists():
        raise Refused(_("This room already has an owner."))
    give_role(person, room, heir, Member.Role.OWNER)
    return heir
