"""Retention: a room deletes messages older than its retention period.

First they disappear for everybody at once, under one version of the room. Then their rows are emptied in batches. The
rows stay, because an id is never reused: so a late retry is still recognised.
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
from chat.events.message_parts import erase_message_parts
from chat.events.publishing import publish
from chat.events.types import MessagesExpired
from chat.models import Member, Message, Room
from chat.models.room import workspace_days

ROOMS = 100  # in one run, and in one publish
BATCH = 500  # rows emptied under one lock of a room


def expire_due() -> bool:
    """Expire old messages in some rooms. Returns whether there may be more rooms.

    Several processes may run this at once: the second finds nothing. One query, and a few per room with old messages.
    """
    now = clock.now()
    due = list(islice(_due(now), ROOMS))
    for room_id in due:
        _expire_old(room_id, now)
    return len(due) == ROOMS


@transaction.atomic
def _expire_old(room_id: UUID, now: datetime) -> None:
    """The locked room decides: an owner may have chosen a longer period since the query."""
    expire_old_in(lock_room(room_id), now)


def _due(now: datetime) -> Iterator[UUID]:
    """Rooms whose first message is older than their retention period. One query."""
    first = Message.objects.filter(room=OuterRef("pk"), seq=OuterRef("first_seq")).values("created_at")
    rooms = Room.objects.filter(first_seq__lte=F("last_seq")).order_by("pk")
    if not workspace_days():
        rooms = rooms.exclude(keep_days=None)
    for room_id, days, sent in rooms.annotate(sent=Subquery(first)).values_list("pk", "keep_days", "sent"):
        before = retained_since(Room(keep_days=days), now)
        if before is not None and sent < before:
            yield room_id


def retained_since(room: Room, now: datetime) -> datetime | None:
    """Messages sent before this time have expired; None if there is no limit."""
    return None if room.retention_days is None else now - timedelta(days=room.retention_days)


def expire_old_in(room: Room, now: datetime) -> bool:
    """Expire old messages of a locked room. Returns whether there were any."""
    before = retained_since(room, now)
    return before is not None and expire_in(room, before)


@transaction.atomic
def expire_before(room_id: UUID, before: datetime) -> bool:
    """Expire all up to the last message sent before that time. Returns whether there were any. Raises NotFound."""
    return expire_in(lock_room(room_id), before)


def expire_in(room: Room, before: datetime) -> bool:
    """Like ``expire_before``, in a locked room. The number of queries does not grow with the messages.

    Pages with cursors below the new ``floor`` start over, so no row needs its own version. The room's details get it,
    since they say that older messages are gone. Read positions move along: expired messages don't count as unread.
    """
    remaining = Message.objects.filter(room=room, seq__gte=room.first_seq)
    first = remaining.order_by("seq").values_list("created_at", flat=True).first()
    if first is None or first >= before:
        return False
    # From the first retained message on: the index would otherwise be scanned through all expired ones.
    sent = remaining.filter(created_at__gte=first, created_at__lt=before)
    last = sent.values_list("seq", flat=True).latest("created_at", "seq")
    advance(room)
    room.first_seq = last + 1
    room.floor = room.details_version = room.version
    room.save(update_fields=["first_seq", "floor", "details_version"])
    Member.objects.filter(room=room, read_seq__lt=last).update(read_seq=last)
    publish(MessagesExpired(room))
    return True


def empty_some() -> bool:
    """Empty a batch of expired rows of one room. Returns whether there may be more. Few queries."""
    waiting = Room.objects.filter(emptied_seq__lt=F("first_seq") - 1).order_by("pk")
    room_id = waiting.values_list("pk", flat=True).first()
    if room_id is None:
        return False
    with transaction.atomic():
        empty_in(lock_room(room_id))
    return True


def empty_in(room: Room) -> None:
    """Empty a batch in a locked room. The text in reports stays, as when a message is deleted. Two queries."""
    up_to = min(room.first_seq - 1, room.emptied_seq + BATCH)
    rows = Message.objects.filter(room=room, seq__gt=room.emptied_seq, seq__lte=up_to, deleted_at=None)
    erase_message_parts(rows)
    rows.update(**EMPTY, deleted_at=Now())
    room.emptied_seq = up_to
    room.save(update_fields=["emptied_seq"])
