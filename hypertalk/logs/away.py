"""What a library says again and again while Redis is away, and others have said already."""

import logging

from redis.exceptions import ConnectionError as Away
from redis.exceptions import TimeoutError as Slow


class NotAway(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        return not isinstance(error, (Away, Slow, OSError))
