"""Tells a temporary failure (unavailable or full) from a bug, which a retry does not fix."""

from django.db import Error, InterfaceError, OperationalError
from django.utils.translation import gettext as _

from chat.errors import Retryable, StorageFull, Unavailable

FULL_SECONDS, AWAY_SECONDS = 15, 1  # until a retry makes sense

# PostgreSQL's codes (its manual, appendix A): disk_full, and read_only_sql_transaction, which managed hosts
# set before the disk is full.
STATES = {"53100", "25006"}
# SQLite's (its manual, "Result and Error Codes").
CODES = {"SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_SHMSIZE"}


def transient(error: BaseException) -> Retryable | None:
    """The error to show if a retry may work: StorageFull or Unavailable; None for any other error."""
    if is_full(error):
        return StorageFull(_("The server has no storage space left. Try again later."), FULL_SECONDS)
    # Connection refused or lost, lock timeout, database starting or stopping.
    if isinstance(error, (OperationalError, InterfaceError)):
        sentence = _("Something went wrong on the server. Try again in a moment.")
        return Unavailable(sentence, AWAY_SECONDS)
    return None


def is_full(error: BaseException) -> bool:
    """Whether the database is out of storage, or was made read-only for that reason."""
    cause = error.__cause__
    return isinstance(error, Error) and (
        getattr(cause, "sqlstate", None) in STATES or getattr(cause, "sqlite_errorname", None) in CODES
    )
