"""After a backup was restored: no number that was given out since it was made means anything else now."""

import time

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest

from chat.models import Person, Room

BEYOND = 10**9


@transaction.atomic
def renew_numbers() -> None:
    """Versions and epochs of every room, and versions of people, go on from microseconds since 1970.

    No room takes a million changes a second, so that is beyond whatever was given out since the backup, and since any
    other time that it was restored; scripts can count it exactly until the year 2255. On a machine whose clock is behind
    they go on at least a thousand million later. Pages that hold less are below the ``floor``, and start over. Two
    statements.
    """
    now = Value(time.time_ns() // 1000)
    version = Greatest(F("version") + BEYOND, now)
    Room.objects.update(version=version, floor=version, epoch=Greatest(F("epoch") + BEYOND, now))
    Person.objects.update(version=version)
