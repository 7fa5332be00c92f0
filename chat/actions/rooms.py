"""Creating and editing rooms."""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from chat import policies
from chat.actions.auditing import Act, note
from chat.actions.locking import advance, current_member, lock_room, person_changed
from chat.actions.retention import empty_in, expire_old_in
from chat.actions.write_rules import silenced
from chat.db.clock import clock
from chat.errors import Invalid, Refused
from chat.events.publishing import publish
from chat.events.types import RoomChanged
from chat.models import Member, Person, Room
from chat.text.characters import INVISIBLE
from chat.text.cleaning import clean_line

SLOW_SECONDS = (0, 5, 30, 60, 300, 3600)
KEEP_DAYS = (0, 365, 90, 30, 7, 1)  # 0: forever

# Fields that have an older name in the audit log, whose entries stay.
_NOTED = {"moderators_post_only": "keepers_only"}

NAME_LIMIT = 60
TOPIC_LIMIT = 200


@transaction.atomic
def create_room(person: Person, *, name: str, topic: str, kind: str) -> Room:
    """Create a room, owned by this person. Raises Refused (silenced) and Invalid."""
    if kind not in {Room.Kind.OPEN, Room.Kind.CLOSED}:
        raise Invalid(_("A room must be open or private."))
    _refuse_silenced(person)
    room = Room(
        name=clean_name(name),
        topic=clean_topic(topic),
        kind=kind,
        version=2,
        details_version=1,
        created_at=Now(),
    )
    with _name_is_free(room.name):
        room.save(force_insert=True)
    Member.objects.create(room=room, person=person, role=Member.Role.OWNER, version=2)
    publish(person_changed(person))
    return room


@transaction.atomic
def edit_room(
    person: Person,
    room_id: UUID,
    *,
    name: str,
    topic: str,
    slow_seconds: int | None = None,
    moderators_post_only: bool | None = None,
    keep_days: int | None = None,
) -> Room:
    """Change name, topic, who can post, slow mode and retention; None means unchanged. Raises NotFound, Refused and
    Invalid.

    No change if repeated. ``keep_days``: retention in days, 0 for no limit. Older messages disappear for everybody at
    once; if there are very many, their rows are emptied within the hour.
    """
    changed: dict[str, Any] = {"name": clean_name(name), "topic": clean_topic(topic)}
    if slow_seconds not in {None, *SLOW_SECONDS}:
        raise Invalid(_("This slow mode is not available."))
    if keep_days not in {None, *KEEP_DAYS}:
        raise Invalid(_("This retention period is not available."))
    writing = {"slow_seconds": slow_seconds, "moderators_post_only": moderators_post_only}
    changed |= {field: value for field, value in writing.items() if value is not None}
    if keep_days is not None:
        changed["keep_days"] = keep_days or None
    room = _managed(person, room_id, _("Only an owner of the room can change its name and topic."))
    changed = {field: value for field, value in changed.items() if getattr(room, field) != value}
    if {"name", "topic"} & changed.keys():
        _refuse_silenced(person)
    if changed:
        with _name_is_free(changed.get("name", room.name)):
            _describe(room, **changed)
    if noted := {_NOTED.get(field, field): value for field, value in changed.items() if field in writing}:
        note(person, Act.WRITING, room=room, **noted)
    if "keep_days" in changed:
        note(person, Act.RETENTION, room=room, keep_days=room.keep_days)
        if expire_old_in(room, clock.now()):
            empty_in(room)
    return room


@transaction.atomic
def close_room(person: Person, room_id: UUID, *, from_above: bool = False) -> Room:
    """Make an open room private, for good: its kind is then ``closed``. Raises NotFound and Refused.

    ``from_above``: as a workspace moderator, whatever their role in the room. Archiving and restoring take it, too.
    """
    room = _managed(
        person, room_id, _("Only an owner of the room can make it private."), from_above=from_above
    )
    if room.kind == Room.Kind.OPEN:
        _describe(room, kind=Room.Kind.CLOSED)
        note(person, Act.CLOSED, room=room)
    return room


@transaction.atomic
def archive_room(person: Person, room_id: UUID, *, from_above: bool = False) -> Room:
    """Make a room read-only. Raises NotFound and Refused. No change if repeated."""
    room = _managed(person, room_id, _("Only an owner of the room can archive it."), from_above=from_above)
    if room.archived_at is None:
        _describe(room, archived_at=Now())
        note(person, Act.ARCHIVED, room=room)
    return room


@transaction.atomic
def restore_room(person: Person, room_id: UUID, *, from_above: bool = False) -> Room:
    """Unarchive a room. Raises NotFound and Refused. No change if repeated."""
    room = _managed(person, room_id, _("Only an owner of the room can unarchive it."), from_above=from_above)
    if room.archived_at is not None:
        _describe(room, archived_at=None)
        note(person, Act.RESTORED, room=room)
    return room


def _refuse_silenced(person: Person) -> None:
    """Silenced people can't set names and topics, since everybody reads these. One query."""
    until = Person.objects.values_list("silenced_until", flat=True).get(pk=person.pk)
    if refused := silenced(clock.now(), until):
        raise refused


def _managed(person: Person, room_id: UUID, refusal: str, *, from_above: bool = False) -> Room:
    room = lock_room(room_id)
    if from_above:
        allowed = policies.may_moderate_workspace(person) and room.kind != Room.Kind.DIRECT
    else:
        allowed = policies.may_manage(current_member(room, person))
    if not allowed:
        raise Refused(refusal)
    return room


def _describe(room: Room, **changes: Any) -> None:
    """Change the room's details and publish that."""
    advance(room)
    for name, value in changes.items():
        setattr(room, name, value)
    room.details_version = room.version
    room.save(update_fields=[*changes, "details_version"])
    publish(RoomChanged(copy(room)))  # its state as of this change


@contextmanager
def _name_is_free(name: str) -> Iterator[None]:
    """The database decides, so that only one of two simultaneous requests gets the name."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise Invalid(_("There is already an open room named #%(name)s.") % {"name": name}) from error


def clean_name(name: str) -> str:
    """Make a room's name of any text, as the form does while it is typed (static/js/app/room-name.js).

    Lower case, no spaces: people type it after #. Letters of any script, digits, dash, underscore and dot; one dash for
    whatever else stands between them. Raises Invalid if nothing is left, or too much.
    """
    name = "".join(map(_in_name, unicodedata.normalize("NFC", name).lower()))
    name = _BETWEEN.sub(lambda between: "-" if " " in between[0] else between[0], name.strip())
    if not name:
        raise Invalid(_("A room needs a name."))
    if len(name) > NAME_LIMIT:
        raise Invalid(_("A room's name can have at most %(limit)d characters.") % {"limit": NAME_LIMIT})
    return name


_BETWEEN = re.compile(r"[- ]+")


def _in_name(sign: str) -> str:
    """The sign, a space for one that a name can't have, nothing for one that nobody would miss.

    Some invisible characters are letters or marks by category: a name could be a lookalike of another, or nothing.
    """
    if sign in "-_." or (sign not in INVISIBLE and unicodedata.category(sign)[0] in "LMN"):
        return sign
    return " " if sign.isspace() or not (sign in INVISIBLE or sign in "'’") else ""


def clean_topic(topic: str) -> str:
    topic = clean_line(topic)
    if len(topic) > TOPIC_LIMIT:
        raise Invalid(_("A topic can have at most %(limit)d characters.") % {"limit": TOPIC_LIMIT})
    return topic
