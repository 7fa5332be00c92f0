"""Days as the calendar of the active time zone counts them. Where clocks change, a day has 23 or 25 hours.

The same cases test these functions and their twin in pages (tests/cases/days.json, static/js/core/calendar.js).
"""

from datetime import date, datetime, time
from typing import Literal

from django.utils import timezone


def days_ago(at: datetime, now: datetime) -> int:
    """0 is today, 1 is yesterday."""
    return (timezone.localdate(now) - timezone.localdate(at)).days


def short_form(at: datetime, now: datetime) -> Literal["time", "weekday", "date"]:
    """What a list says of it: today the time, within a week the weekday, else the date."""
    days = days_ago(at, now)
    return "time" if days < 1 else "weekday" if days < 7 else "date"


def midnight(day: date) -> datetime:
    """Where clocks skip midnight, the first moment of the day."""
    return timezone.make_aware(datetime.combine(day, time.min))
