"""Sessions in the database, remembered."""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from hypertalk.remembering import remembered


class SessionStore(DatabaseStore):
    """Django's own, that asks the database only when it does not know."""

    def _get_session_from_db(self) -> Any:
        row = remembered(self.model, self.session_key, super()._get_session_from_db)  # type: ignore[misc]
        if row is None or row.expire_date <= timezone.now():
            self._session_key = None
            return None
        return row
