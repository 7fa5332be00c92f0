"""Sessions in the database, with a cache."""

from datetime import datetime
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from hypertalk.caching.row_cache import cached_row


class SessionStore(DatabaseStore):
    """Django's database sessions, which query the database only on a cache miss."""

    def _get_session_from_db(self) -> Any:
        key = self.session_key
        cached = cached_row(self.model, key, self._read)
        if cached is None or cached[1] <= timezone.now():
            self._session_key = None
            return None
        return self.model(session_key=str(key), session_data=cached[0], expire_date=cached[1])

    def _read(self) -> tuple[str, datetime] | None:
        """The cached value: all but the key."""
        row = super()._get_session_from_db()  # type: ignore[misc]  # unknown to the stubs
        return (row.session_data, row.expire_date) if row else None
