"""Editing and deleting messages."""

from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from chat import policies
from chat.actions.auditing import Act, clean_reason, note
from chat.actions.blocking import is_blocked_direct
from chat.actions.locking import advance, current_member, lock_room
from chat.actions.missing import gone, why_missing
from chat.actions.posting import clean_body
from chat.actions.tombstones import empty
from chat.actions.write_rules import why_not_write
from chat.db.clock import clock
from chat.errors import NotFound, Refused
from chat.events.publishing import publish
from chat.events.types import MessageEdited
from chat.models import Message, Person, Report, Room
from chat.text.markup import excerpt, render


def edit_message(person: Person, message_id: UUID, body: str) -> Message:
    """Change a message's text. Raises NotFound, Gone, Refused and Invalid. No change if the text is the same."""
    body = clean_body(body)
    html = render(body)
    room_id = _room_of(person, message_id)
    with transaction.atomic():
        room = lock_room(room_id)
        member = current_member(room, person)
        message = _get(room, message_id)
        until = (member.silenced_until, member.person.silenced_until)
        if refused := why_not_write(room, clock.now(), *until, blocked=is_blocked_direct(room, person)):
            raise refused
        if not policies.may_edit(member, message):
            raise Refused(_("Only the author can edit a message, and only until it is deleted."))
        if body == message.body:
            return message
        advance(room)
        message.body, message.html, message.excerpt = body, html, excerpt(body)
        message.edited_at = Now()  # the database's clock
        message.version = room.version
        message.save(update_fields=["body", "html", "excerpt", "edited_at", "version"])
        publish(MessageEdited(room, message))
        return message


def delete_message(person: Person, message_id: UUID) -> Message:
    """Empty a message; its row stays. Raises NotFound, Gone and Refused. No change if repeated."""
    room_id = _room_of(person, message_id)
    with transaction.atomic():
        room = lock_room(room_id)
        member = current_member(room, person)
        message = _get(room, message_id)
        if message.deleted_at is None:
            if not policies.may_delete(member, message):
                raise Refused(_("Only the author and the room's owners and moderators can delete a message."))
            publish(*empty(room, [message]))
            if message.author_id != person.pk:
                note(person, Act.DELETED, person=message.author, room=room, message=message.pk)
        return message


def moderate_message(person: Person, message_id: UUID, reason: str = "") -> Message:
    """Empty a message as a workspace moderator, who need not be in its room. Raises NotFound, Refused and Invalid.

    In a direct conversation only reported messages: the others are private.
    """
    reason = clean_reason(reason)
    if not policies.may_moderate_workspace(person):
        raise Refused(_("Only workspace moderators can delete messages in any room."))
    room_id = Message.objects.filter(pk=message_id).values_list("room", flat=True).first()
    if room_id is None:
        raise NotFound
    with transaction.atomic():
        room = lock_room(room_id)
        message = Message.objects.shown().get(pk=message_id)
        if room.kind == Room.Kind.DIRECT and not Report.objects.filter(message=message).exists():
            raise NotFound
        if message.deleted_at is None and room.retains(message.seq):
            publish(*empty(room, [message]))
            note(person, Act.DELETED, person=message.author, room=room, message=message.pk, reason=reason)
        return message


def _room_of(person: Person, message_id: UUID) -> UUID:
    """The room of a message that the person may see. Raises NotFound and Gone. One query."""
    room_id = Message.objects.visible_to(person).filter(pk=message_id).values_list("room", flat=True).first()
    if room_id is None:
        raise why_missing(person, message_id)
    return room_id


def _get(room: Room, message_id: UUID) -> Message:
    """Raises Gone if the message expired since it was found. One query."""
    message = Message.objects.shown().get(pk=message_id, room=room)
    if not room.retains(message.seq):
        raise gone(room.pk)
    return message
