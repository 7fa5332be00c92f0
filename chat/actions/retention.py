"""Retention: a room keeps its messages for as long as it says, and forgets what is older.

First they are gone for everybody, all at once, under one version of the room; then their rows are emptied, some at a time.
The rows stay: an id is taken for good, so that a late repeat is still one.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Now

from chat.actions.locking import advance, lock_room
from chat.actions.tombstones import EMPTY
from chat.db.clock import clock
from chat.events.publishing import publish
from chat.events.types import MessagesExpired
from chat.models import Member, Message, Room
from chat.models.room import workspace_days

ROOMS = 100  # in one go, and told in one
BATCH = 500  # rows that are emptied under one lock of a room


def expire_due() -> bool:
    """In some rooms what they do not keep any longer; whether there may be more of them.

    By several processes at once, too: the second finds nothing. One query, and a few for each room that has something.
    """
    now = clock.now()
    due = list(islice(_due(now), ROOMS))
    for room_id in due:
        _expire_old(room_id, now)
    return len(due) == ROOMS


@transaction.atomic
def _expire_old(room_id: UUID, now: datetime) -> None:
    """An owner may have chosen a longer time since it was found: what holds is what the locked room says."""
    expire_old_in(lock_room(room_id), now)


def _due(now: datetime) -> Iterator[UUID]:
    """Rooms whose first message is older than they keep any. One query."""
    first = Message.objects.filter(room=OuterRef("pk"), seq=OuterRef("first_seq")).values("created_at")
    rooms = Room.objects.filter(first_seq__lte=F("last_seq")).order_by("pk")
    if not workspace_days():
        rooms = rooms.exclude(keep_days=None)
    for room_id, days, sent in rooms.annotate(sent=Subquery(first)).values_list("pk", "keep_days", "sent"):
        before = retained_since(Room(keep_days=days), now)
        if before is not None and sent < before:
            yield room_id


def retained_since(room: Room, now: datetime) -> datetime | None:
    """Messages that were sent before then are not kept; None if all are."""
    return None if room.retention_days is None else now - timedelta(days=room.retention_days)


def expire_old_in(room: Room, now: datetime) -> bool:
    """In a locked room what it does not keep any longer; whether there was anything."""
    before = retained_since(room, now)
    return before is not None and expire_in(room, before)


@transaction.atomic
def expire_before(room_id: UUID, before: datetime) -> bool:
    """All up to the last message that was sent before then; whether there was anything. Raises NotFound."""
    return expire_in(lock_room(room_id), before)


def expire_in(room: Room, before: datetime) -> bool:
    """The same in a locked room. Queries do not grow with what is forgotten.

    Pages that hold less than the new ``floor`` start over, so no row needs a version of its own; the room's details have
    it, as they say that older messages are gone. Nobody has to read what nobody can.
    """
    kept = Message.objects.filter(room=room, seq__gte=room.first_seq)
    first = kept.order_by("seq").values_list("created_at", flat=True).first()
    if first is None or first >= before:
        return False
    # Not past what was forgotten before, which would be read to the end where nothing is to be.
    sent = kept.filter(created_at__gte=first, created_at__lt=before)
    last = sent.values_list("seq", flat=True).latest("created_at", "seq")
    advance(room)
    room.first_seq = last + 1
    room.floor = room.details_version = room.version
    room.save(update_fields=["first_seq", "floor", "details_version"])
    Member.objects.filter(room=room, read_seq__lt=last).update(read_seq=last)
    publish(MessagesExpired(room))
    return True


def empty_some() -> bool:
    """A batch of what is forgotten, in one of the rooms; whether there may be more. Few queries."""
    waiting = Room.objects.filter(emptied_seq__lt=F("first_seq") - 1).order_by("pk")
    room_id = waiting.values_list("pk", flat=True).first()
    if room_id is None:
        return False
    with transaction.atomic():
        empty_in(lock_room(room_id))
    return True


def empty_in(room: Room) -> None:
    """A batch in a locked room. What reports say of it stays, as when a message is deleted. Two queries."""
    up_to = min(room.first_seq - 1, room.emptied_seq + BATCH)
    rows = Message.objects.filter(room=room, seq__gt=room.emptied_seq, seq__lte=up_to, deleted_at=None)
    rows.update(**EMPTY, deleted_at=Now())
    room.emptied_seq = up_to
    room.save(update_fields=["emptied_seq"])
