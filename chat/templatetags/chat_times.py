"""Times in the reader's time zone."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format

from chat.days import short_form
from chat.db.clock import clock

register = template.Library()

_SHORT = {"time": "H:i", "weekday": "D", "date": "j M"}


@register.filter
def short_time(at: datetime) -> str:
    """For the room list: today the time, within a week the weekday, else the date. So does ``shortTime`` of scripts."""
    return date_format(timezone.localtime(at), _SHORT[short_form(at, clock.now())])
