"""Errors for a message that was not found."""

from uuid import UUID

from django.utils.translation import gettext as _

from chat.errors import ChatError, Gone, NotFound
from chat.models import Message, Person


def gone(room_id: UUID) -> Gone:
    return Gone(_("This message is no longer available."), room_id)


def why_missing(person: Person, message_id: UUID) -> ChatError:
    """Gone for a person who could see the message if it had not expired; NotFound for everybody else. One query."""
    there = Message.objects.in_rooms_of(person).filter(pk=message_id)
    room_id = there.values_list("room", flat=True).first()
    return gone(room_id) if room_id else NotFound()
