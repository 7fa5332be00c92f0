"""Clocks that differ put messages at wrong times, and make sessions, codes and certificates expire too early."""

import time
from collections.abc import Callable, Iterator

import psycopg
from django.db import connection
from redis.exceptions import RedisError

from chat.db.clock import NOTICED, ahead
from hypertalk.doctor.findings import Finding, Options, failure, ok, warning
from hypertalk.doctor.postgres import postgres, value
from hypertalk.doctor.redis import client, used

BROKEN = 30.0  # seconds; a six-digit code is valid for that long


def check(_options: Options) -> Iterator[Finding]:
    if connection.vendor == "postgresql":
        yield from _compare("PostgreSQL", "clock.database", _of_postgres)
    if used():
        yield from _compare("Redis", "clock.redis", _of_redis)
    # No time server is asked, so no packet leaves. A year out of range means that the clock was never set.
    if not 2026 <= time.gmtime().tm_year <= 2100:
        yield failure(
            "clock.ours",
            f"This machine's clock says the year is {time.gmtime().tm_year}.",
            "Set its clock: timedatectl.",
        )


def _of_postgres() -> float:
    with postgres() as cursor:
        return float(value(cursor, "SELECT extract(epoch FROM clock_timestamp())"))


def _of_redis() -> float:
    seconds, micro = client().time()
    return int(seconds) + int(micro) / 1e6


def _compare(whose: str, name: str, ask: Callable[[], float]) -> Iterator[Finding]:
    try:
        off, took = ahead(ask)
    except (psycopg.Error, RedisError, OSError):
        return  # reported by other checks
    if abs(off) < NOTICED + took:
        yield ok(name, f"The clocks of this machine and {whose} agree within {max(abs(off), 0.001):.3f} s.")
        return
    tell = failure if abs(off) >= BROKEN else warning
    yield tell(
        name,
        f"The clock of {whose} is {abs(off):.0f} s {'ahead of' if off > 0 else 'behind'} this machine's.",
        "Turn on time synchronization on both machines: timedatectl set-ntp true.",
    )
