"""Banning people from a room, and lifting bans."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from chat import policies
from chat.actions.auditing import Act, clean_reason, note
from chat.actions.locking import current_member, lock_room
from chat.actions.members import get_member, remove_from_room, spend_invitations
from chat.actions.tombstones import EMPTY, empty
from chat.errors import NotFound, Refused
from chat.events.publishing import publish
from chat.models import Ban, Member, Message, Person, Room
from chat.privacy.registry import PersonalData, register_personal_data

WIPE_PERIOD = timedelta(days=1)
MAX_PUBLISHED = 100  # the last deleted messages; pages see a gap before them and fetch the rest


@transaction.atomic
def ban_member(person: Person, room_id: UUID, member_id: int, *, reason: str = "", wipe: bool = False) -> Ban:
    """Ban a member: the room no longer exists for them. Raises NotFound, Refused and Invalid.

    ``wipe``: also delete their messages of the last day.
    """
    reason = clean_reason(reason)
    room = lock_room(room_id)
    acting = current_member(room, person)
    other = get_member(room, member_id)
    if not policies.may_remove(acting, other):
        raise Refused(_("You can't ban this person from the room."))
    return add_ban(room, other.person, by=person, reason=reason, wipe=wipe)


@transaction.atomic
def lift_ban(person: Person, ban_id: int) -> None:
    """Lift a ban. They may come back, but are not added. Raises NotFound and Refused. No change if repeated.

    For owners and moderators of the room, and for workspace moderators.
    """
    ban = Ban.objects.select_related("person").filter(pk=ban_id).first()
    if ban is None:
        raise NotFound
    room = lock_room(ban.room_id)
    if not policies.may_moderate_workspace(person) and not policies.may_moderate(
        current_member(room, person)
    ):
        raise Refused(_("Only the room's owners and moderators can unban people."))
    if Ban.objects.active().filter(pk=ban.pk).update(lifted_at=Now()):
        note(person, Act.BAN_LIFTED, person=ban.person, room=room)


def add_ban(room: Room, other: Person, *, by: Person, reason: str, wipe: bool = False) -> Ban:
    """Ban, under the room's lock; the caller checks permission. A person who is already banned keeps that ban."""
    ban = Ban.objects.active().filter(room=room, person=other).first()
    if ban is not None:
        return ban
    ban = Ban.objects.create(room=room, person=other, by=by, reason=reason, created_at=Now())
    member = Member.objects.select_related("person__user").filter(room=room, person=other, active=True)
    for each in member:
        remove_from_room(room, each)
    spend_invitations(room, other)  # people who are not in the room may have invitations, too
    deleted = _wipe(room, other) if wipe else 0
    note(by, Act.BANNED, person=other, room=room, reason=reason, deleted=deleted)
    return ban


def _wipe(room: Room, author: Person) -> int:
    """Delete their messages of the last day. Few queries, for any number of messages."""
    recent = Message.objects.retained().filter(
        room=room, author=author, deleted_at=None, created_at__gte=Now() - WIPE_PERIOD
    )
    changed = empty(room, list(recent.shown().defer(*EMPTY).order_by("seq")))
    publish(*changed[-MAX_PUBLISHED:])
    return len(changed)


register_personal_data(
    "bans",
    PersonalData(
        references=("Ban.person", "Ban.by"),
        stays="Who was banned from which room, and by whom: the room's moderators need it. It no longer shows a name.",
    ),
)
