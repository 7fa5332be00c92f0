"""Deleting an account: the person's data is erased; their messages stay or are deleted, as they choose."""

from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from chat import policies
from chat.actions.locking import lock_room, lock_rooms_of, lock_user, users
from chat.actions.people import free_usernames, stamp_memberships
from chat.actions.tombstones import EMPTY, empty
from chat.errors import Refused
from chat.events.publishing import publish, publish_per_commit
from chat.events.types import AccountChanged, Event, PersonChanged
from chat.models import Member, Message, Person, Report, Room
from chat.models.message import MessageQuerySet
from chat.privacy.registry import PERSONAL_DATA
from chat.signals import person_left

BATCH = 200  # messages emptied under one lock of a room, and published together


def delete_account(person: Person, *, with_messages: bool) -> None:
    """Erase a person, remove them from every room and sign out all devices. Raises Refused. No change if repeated.

    ``with_messages``: first empty their messages, also in reports, in batches, so that no room is locked for long. If
    this is interrupted, a repeated call continues it. Otherwise their messages stay, without a name. The number of
    queries grows with the batches, not with the rooms.
    """
    if with_messages:
        _refuse_last_workspace_owner(person)
        _rooms_left_empty(person)  # before anything is emptied; checked again under the locks
        with publish_per_commit():
            for room_id in _rooms_written_in(person):
                while _empty_some(person, room_id):
                    pass
        # Without other locks: whoever decides a report holds its lock while waiting for the room's.
        Report.objects.filter(message__author=person).update(body="")
        Report.objects.filter(reporter=person).update(words="")
    _leave(person, with_messages=with_messages)


@transaction.atomic
def _leave(person: Person, *, with_messages: bool) -> None:
    _refuse_last_workspace_owner(person)
    lock_user(person)
    rooms = lock_rooms_of(person)
    person.refresh_from_db()
    if person.left_at is not None:
        return
    alone = _rooms_left_empty(person)
    if with_messages:  # messages sent meanwhile, in another tab
        spoken = _rooms_written_in(person)
        for room in rooms:
            while room.pk in spoken and _empty(person, room):
                pass
    Room.objects.filter(pk__in=alone).update(
        version=F("version") + 1, details_version=F("version") + 1, archived_at=Now()
    )
    Member.objects.filter(person=person).update(active=False, role=Member.Role.MEMBER)
    erased = _erase(person)
    events = stamp_memberships(person, rooms, loss=True)
    publish(*events, *erased, PersonChanged(person.pk, person.version), AccountChanged(str(person.user_id)))


def why_not_delete(person: Person) -> str:
    """Why the person can't delete their account yet, as a sentence; empty if they can. At most two queries."""
    try:
        _refuse_last_workspace_owner(person)
        _rooms_left_empty(person)
    except Refused as refusal:
        return str(refusal)
    return ""


def _erase(person: Person) -> list[Event]:
    """Only the person's row is left, and the personal data that is registered to stay; of the user, what receivers
    leave.
    """
    person.display_name = person.pronouns = person.about = person.picture = ""
    person.time_zone = person.language = ""
    person.theme = Person.Theme.SYSTEM
    person.room_order = Person.RoomOrder.NAME
    person.username = next(free_usernames(f"former-{person.pk}"))
    person.left_at = Now()
    person.version = F("version") + 1  # an expression, until RETURNING fills it in
    person.save()
    events = [event for kind in PERSONAL_DATA.values() if kind.erase for event in kind.erase(person)]
    user = person.user
    user.is_active = False
    user.set_unusable_password()
    user.save(update_fields=["is_active", "password"])
    person_left.send(Person, person=person)
    return events


def _refuse_last_workspace_owner(person: Person) -> None:
    """In a transaction this locks the owners' rows, so that of two who leave at once one stays. One query, for owners."""
    if not policies.may_own_workspace(person):
        return
    owners = users().filter(is_superuser=True, is_active=True).order_by("pk")
    if transaction.get_connection().in_atomic_block:
        owners = owners.select_for_update(no_key=True)
    if {user.pk for user in owners} <= {person.user_id}:
        raise Refused(_("You are the only workspace owner. Make someone else an owner first."))


def _rooms_left_empty(person: Person) -> list[UUID]:
    """Rooms in use that would be left empty. Raises Refused if a room would have members but no owner. One query."""
    others = Member.objects.current().filter(room=OuterRef("room")).exclude(person=person)
    owning = (
        Member.objects.current()
        .filter(~Exists(others.filter(role=Member.Role.OWNER)), person=person, role=Member.Role.OWNER)
        .order_by("room__name")
        .values_list("room", "room__name", "room__archived_at", Exists(others))
    )
    orphaned = [f"#{name}" for _pk, name, _archived, shared in owning if shared]
    if orphaned:
        raise Refused(
            _(
                "You are the only owner of rooms with other members: %(rooms)s. Make someone else an owner there first."
            )
            % {"rooms": ", ".join(orphaned)}
        )
    return [pk for pk, _name, archived, _shared in owning if archived is None]


def _messages_of(person: Person) -> MessageQuerySet:
    return Message.objects.retained().filter(author=person, deleted_at=None)


def _rooms_written_in(person: Person) -> set[UUID]:
    return set(_messages_of(person).values_list("room", flat=True).distinct())


@transaction.atomic
def _empty_some(person: Person, room_id: UUID) -> bool:
    return _empty(person, lock_room(room_id))


def _empty(person: Person, room: Room) -> bool:
    """Empty a batch of the person's messages in a locked room. Returns whether there may be more. Three queries."""
    messages = list(_messages_of(person).filter(room=room).defer(*EMPTY).order_by("seq")[:BATCH])
    for message in messages:
        message.author = person
    publish(*empty(room, messages))
    return len(messages) == BATCH
