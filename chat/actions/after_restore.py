"""After a restored backup: numbers given out since the backup was made are never given out again."""

import time

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest

from chat.models import Person, Room

BEYOND = 10**9


@transaction.atomic
def renew_numbers() -> None:
    """Continue versions and epochs of all rooms, and versions of people, from microseconds since 1970.

    No room takes a million changes a second, so this is above every number given out since the backup, and since any
    earlier restore. JavaScript counts it exactly until the year 2255. If the machine's clock is behind, the numbers
    rise by at least a thousand million. Pages with lower cursors are below the ``floor`` and start over. Two
    statements.
    """
    now = Value(time.time_ns() // 1000)
    version = Greatest(F("version") + BEYOND, now)
    Room.objects.update(version=version, floor=version, epoch=Greatest(F("epoch") + BEYOND, now))
    Person.objects.update(version=version)
