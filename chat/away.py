"""Telling a part of the place that is away for a while from a fault of ours, which trying again does not mend."""

from django.db import InterfaceError, OperationalError

# No connection, one that ended, a lock not had in time, a database that starts, ends or has no room.
AWAY = (OperationalError, InterfaceError)


def is_away(error: BaseException) -> bool:
    """Whether what raised it may well work in a moment, as it is."""
    return isinstance(error, AWAY)
