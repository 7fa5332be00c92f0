"""The requested range of a room's messages: before, after or around one of them, from a day, or the newest."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.urls import reverse
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from chat.days import midnight
from chat.errors import Invalid, NotFound
from chat.models import Message, Person
from chat.models.message import MessageRange
from chat.views.access import ChatRequest, whole_number


@dataclass(frozen=True, slots=True)
class RequestedRange:
    """``seq``: the one message to highlight, if any."""

    messages: MessageRange
    seq: int | None = None


NEWEST = RequestedRange(MessageRange.newest())


def requested_range(request: ChatRequest, room_id: UUID, words: Collection[str]) -> RequestedRange | None:
    """Returns None if none of the parameters ``words`` is given. Raises Invalid, and NotFound for a message elsewhere.

    One query for a day and for a message by its id, otherwise none.
    """
    given = [word for word in words if word in request.GET]
    if not given:
        return None
    if len(given) > 1:
        raise Invalid(_("Give only one of before, after, around and on."))
    return _range(request, room_id, given[0], request.GET[given[0]])


def _range(request: ChatRequest, room_id: UUID, word: str, value: str) -> RequestedRange:
    match word:
        case "newest":
            return NEWEST
        case "before":
            return RequestedRange(MessageRange.before(whole_number(value)))
        case "after":
            return RequestedRange(MessageRange.after(whole_number(value)))
        case "on":
            return since(request.person, room_id, moment_of(value))
        case _:  # at, around
            seq = _seq_of(request.person, room_id, value)
            return RequestedRange(MessageRange.around(seq), seq)


def since(person: Person, room_id: UUID, moment: datetime) -> RequestedRange:
    """Around the first message at this moment or later; the newest if there is none. One query."""
    found = Message.objects.visible_in(room_id, person).since(room_id, moment)
    seq = found.values_list("seq", flat=True).first()
    return NEWEST if seq is None else RequestedRange(MessageRange.around(seq), seq)


def moment_of(value: str) -> datetime:
    """A day starts at midnight in the reader's time zone; a moment includes its own. Raises Invalid."""
    try:
        moment = parse_datetime(value) if "T" in value else None
        day = moment or parse_date(value) or date.min
        # At either end of the calendar some time zones have no such moment.
        if not value.isascii() or not date.min.year < day.year < date.max.year:
            raise ValueError(value)
        return moment if moment and moment.tzinfo else midnight(day)
    except ValueError:
        raise Invalid(_("This is not a date. Write it like 2026-01-31.")) from None


def first_since(person: Person, room_id: UUID, moment: datetime) -> Message | None:
    """The first message at this moment or later, else the last one of all; None in an empty room. At most two queries."""
    visible = Message.objects.visible_in(room_id, person)
    return visible.since(room_id, moment).first() or visible.order_by("-seq").first()


def words_for_day(asked: date, found: date) -> str:
    """A notice if the message found is not from the requested day; empty if it is."""
    if found == asked:
        return ""
    if found < asked:
        return _("No messages on %(asked)s or later. This is the last message.") % {
            "asked": date_format(asked)
        }
    words = _("No messages on %(asked)s. The next ones are from %(found)s.")
    return words % {"asked": date_format(asked), "found": date_format(found)}


def message_url(message: Message) -> str:
    """The URL of a message in its room, with those around it. The fragment highlights it without script, too."""
    return f"{reverse('chat:room', args=[message.room_id])}?at={message.seq}#message-{message.pk}"


def _seq_of(person: Person, room_id: UUID, value: str) -> int:
    try:
        message_id = UUID(value)
    except ValueError:
        return whole_number(value)
    found = Message.objects.visible_in(room_id, person).filter(pk=message_id)
    seq = found.values_list("seq", flat=True).first()
    if seq is None:
        raise NotFound
    return seq
