"""Why a member may not write in a room now."""

from datetime import datetime, timedelta
from math import ceil

from django.utils.timesince import timeuntil
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat import policies
from chat.actions.blocking import blocked_error
from chat.actions.posting_sql import Sender
from chat.errors import ChatError, Limited, Refused
from chat.models import Room


def why_not_write(
    room: Room, now: datetime, *until: datetime | None, blocked: bool = False
) -> ChatError | None:
    """For any writing, also edits. Returns None if allowed. ``until``: the times until which the person is silenced.

    ``blocked``: it is a conversation of two, one of whom has blocked the other.
    """
    if not policies.may_write(room):
        return Refused(_("This room is archived. You can read it, but not post."))
    return silenced(now, *until) or (blocked_error() if blocked else None)


def silenced(now: datetime, *until: datetime | None) -> Refused | None:
    """Returns None for people who are not silenced, or no longer."""
    if not policies.is_silenced(now, *until):
        return None
    left = timeuntil(max(each for each in until if each), now)
    return Refused(_("You are silenced. You can post again in %(time)s.") % {"time": left})


def why_not_post(room: Room, sender: Sender, now: datetime) -> ChatError | None:
    """For posting. Returns None if allowed."""
    until = (sender.silenced_until, sender.person.silenced_until)
    if refused := why_not_write(room, now, *until, blocked=sender.blocked):
        return refused
    if not policies.may_post(room, sender.role):
        return Refused(_("Only owners and moderators can post in this room."))
    wait = ceil(policies.waits(room, sender.role, sender.posted_at, now))
    if wait:
        again = timeuntil(now + timedelta(seconds=wait), now) if wait >= 60 else None
        seconds = ngettext("1 second", "%(count)d seconds", wait) % {"count": wait}
        return Limited(
            _("This room is in slow mode. You can post again in %(time)s.") % {"time": again or seconds}, wait
        )
    return None
