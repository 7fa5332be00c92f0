"""Times in the reader's time zone."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format

from chat.days import days_ago
from chat.db.clock import clock

register = template.Library()

WEEK = 7


@register.filter
def short_time(at: datetime) -> str:
    """For the room list: today the time, within a week the weekday, else the date. So does ``shortTime`` of scripts."""
    days = days_ago(at, clock.now())
    shape = "H:i" if days < 1 else "D" if days < WEEK else "j M"
    return date_format(timezone.localtime(at), shape)
