"""Storing metrics of the processes: minutes for two days, hours for forty days."""

from collections import defaultdict
from datetime import datetime, timedelta

from chat.models import Measure
from chat.monitoring.metrics import Values, added, sum_over_time

MINUTES_KEPT = timedelta(hours=48)
HOURS_KEPT = timedelta(days=40)
GRACE = timedelta(minutes=2)  # after an hour, until every process has written its last minute


def record(at: datetime, process: str, values: Values) -> None:
    """Store what a process counted so far in the minute that began ``at``, replacing the earlier row. One statement."""
    Measure.objects.bulk_create(
        [Measure(span=Measure.Span.MINUTE, at=at, process=process, figures=dict(values))],
        update_conflicts=True,
        unique_fields=["span", "at", "process"],
        update_fields=["figures"],
    )


def roll_up(now: datetime) -> None:
    """Sum up the minutes of complete hours that have no row yet, and delete old rows.

    Several processes may run this at once: they compute the same values, and the first row stays.
    """
    this_hour = (now - GRACE).replace(minute=0, second=0, microsecond=0)
    oldest = this_hour - MINUTES_KEPT
    there = set(Measure.objects.hours().between(oldest, this_hour).values_list("at", flat=True))
    hours = []
    for n in range(1, int(MINUTES_KEPT / timedelta(hours=1)) + 1):
        begin = this_hour - timedelta(hours=n)
        if begin not in there and (values := _hour(begin)):
            hours.append(Measure(span=Measure.Span.HOUR, at=begin, figures=values))
    Measure.objects.bulk_create(hours, ignore_conflicts=True)
    Measure.objects.minutes().filter(at__lt=oldest).delete()
    Measure.objects.hours().filter(at__lt=now - HOURS_KEPT).delete()


def _hour(begin: datetime) -> dict[str, int]:
    """The values of all processes. Gauges are summed per minute before the maximum of the hour is taken."""
    minutes: dict[datetime, list[Values]] = defaultdict(list)
    rows = Measure.objects.minutes().between(begin, begin + timedelta(hours=1))
    for at, values in rows.values_list("at", "figures"):
        minutes[at].append(values)
    return dict(sum_over_time(added(each) for each in minutes.values()))
