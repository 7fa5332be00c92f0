"""Deleting messages: a message is emptied, and its row stays."""

from collections.abc import Sequence
from copy import copy
from itertools import batched

from django.db.models import Case, Value, When
from django.db.models.functions import Now

from chat.db.clock import clock
from chat.events.message_parts import erase_message_parts
from chat.events.types import MessageDeleted
from chat.models import Message, Room

EMPTY = {"body": "", "html": "", "excerpt": "", "fingerprint": ""}
BATCH = 200  # messages per statement


def empty(room: Room, messages: Sequence[Message]) -> list[MessageDeleted]:
    """Empty messages, each with its own version, under the room's lock. Returns the events to publish.

    Select the authors. Two queries, and one more per further ``BATCH``.
    """
    if not messages:
        return []
    changed = []
    for message in messages:
        room.version += 1
        for field, nothing in EMPTY.items():
            setattr(message, field, nothing)
        message.deleted_at = clock.now()
        message.version = room.version
        changed.append(MessageDeleted(copy(room), message))  # the room's state as of this message
    room.save(update_fields=["version"])
    for some in batched(messages, BATCH, strict=False):
        versions = Case(*(When(pk=message.pk, then=Value(message.version)) for message in some))
        rows = Message.objects.filter(pk__in=[message.pk for message in some])
        erase_message_parts(rows)
        rows.update(**EMPTY, deleted_at=Now(), version=versions)  # the database's clock
    return changed
