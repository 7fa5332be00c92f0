"""Whether the place has no room left: the disk of its database is full, or it was made read-only for that reason."""

from django.db import DatabaseError
from django.utils.translation import gettext as _

from chat.errors import Full

AGAIN_AFTER = 15  # seconds

# PostgreSQL's codes (its manual, appendix A): disk_full, and read_only_sql_transaction, by which hosts that look after a
# database keep its disk from filling up.
STATES = {"53100", "25006"}
# SQLite's (its manual, "Result and Error Codes").
CODES = {"SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_SHMSIZE"}


def full(error: BaseException) -> Full | None:
    """The error in words, if that is what a database complains of; None for any other."""
    cause = error.__cause__
    if isinstance(error, DatabaseError) and (
        getattr(cause, "sqlstate", None) in STATES or getattr(cause, "sqlite_errorname", None) in CODES
    ):
        return Full(_("There is no room left here to keep anything. It goes on when there is."), AGAIN_AFTER)
    return None
