"""Telling a part of the place that is away or full for a while from a fault of ours, which trying again does not mend."""

from django.db import Error, InterfaceError, OperationalError
from django.utils.translation import gettext as _

from chat.errors import Retryable, StorageFull, Unavailable

FULL_SECONDS, AWAY_SECONDS = 15, 1  # until it is worth trying again

# PostgreSQL's codes (its manual, appendix A): disk_full, and read_only_sql_transaction, by which hosts that look after a
# database keep its disk from filling up.
STATES = {"53100", "25006"}
# SQLite's (its manual, "Result and Error Codes").
CODES = {"SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_SHMSIZE"}


def transient(error: BaseException) -> Retryable | None:
    """What to say if the same may well work in a while: Full or Away; None for any other error."""
    if is_full(error):
        return StorageFull(_("The server has no storage space left. Try again later."), FULL_SECONDS)
    # No connection, one that ended, a lock not had in time, a database that starts or ends.
    if isinstance(error, (OperationalError, InterfaceError)):
        sentence = _("Something went wrong on the server. Try again in a moment.")
        return Unavailable(sentence, AWAY_SECONDS)
    return None


def is_full(error: BaseException) -> bool:
    """Whether a database says that it has no room left, or was made read-only for that reason."""
    cause = error.__cause__
    return isinstance(error, Error) and (
        getattr(cause, "sqlstate", None) in STATES or getattr(cause, "sqlite_errorname", None) in CODES
    )
