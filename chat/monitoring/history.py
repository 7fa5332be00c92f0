"""The recorded values as points in time: the last hour by minute, the last month by six hours."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from chat.models import Measure
from chat.monitoring.metrics import Values, added, sum_over_time

MINUTE, HOUR, QUARTER = timedelta(minutes=1), timedelta(hours=1), timedelta(hours=6)
FRESH = timedelta(seconds=15)  # a process without a row of the minute this long ago, or later, has ended


@dataclass(frozen=True, slots=True)
class Point:
    """``values`` of all processes from ``at`` until the next point; None if nothing ran."""

    at: datetime
    values: Counter[str] | None


def last_hour(now: datetime) -> list[Point]:
    """Sixty minutes, the last one incomplete. One query."""
    end = now.replace(second=0, microsecond=0)
    times = [end - n * MINUTE for n in reversed(range(60))]
    minutes = _minutes(times[0], now)
    return [Point(at, minutes.get(at)) for at in times]


def last_month(now: datetime) -> list[Point]:
    """Thirty days in steps of six hours, the last one incomplete. Two queries."""
    end = datetime.fromtimestamp(now.timestamp() // QUARTER.total_seconds() * QUARTER.total_seconds(), UTC)
    times = [end - n * QUARTER for n in reversed(range(120))]
    found: dict[datetime, list[Values]] = defaultdict(list)
    rows = Measure.objects.hours().between(times[0], now).order_by("at")
    hours = dict(rows.values_list("at", "figures"))
    # The current hour, and for a moment the one before, exist only as minutes.
    since = max(hours) + HOUR if hours else now - 2 * HOUR
    newest = _minutes(max(since, now - 2 * HOUR), now)
    for at, values in [*hours.items(), *newest.items()]:
        found[at - (at - end) % QUARTER].append(values)
    return [Point(at, sum_over_time(found[at]) if at in found else None) for at in times]


def current_values(now: datetime) -> tuple[Counter[str], int]:
    """The newest values of all running processes, and the number of processes. One query."""
    since = (now - FRESH).replace(second=0, microsecond=0)
    rows = Measure.objects.minutes().between(since, now).order_by("at")
    newest = dict(rows.values_list("process", "figures"))
    return added(newest.values()), len(newest)


def _minutes(begin: datetime, end: datetime) -> dict[datetime, Counter[str]]:
    each: dict[datetime, list[Values]] = defaultdict(list)
    for at, values in Measure.objects.minutes().between(begin, end).values_list("at", "figures"):
        each[at].append(values)
    return {at: added(values) for at, values in each.items()}
