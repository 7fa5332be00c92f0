"""Filters what a library repeats while Redis is down, and other loggers have reported already."""

import logging

from redis.exceptions import ConnectionError as RedisAway
from redis.exceptions import TimeoutError as RedisSlow


class NotAway(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        return not isinstance(error, (RedisAway, RedisSlow, OSError))
