"""Posting, editing and deleting."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from chat import policies
from chat.actions.locking import advance, current_member, lock_room
from chat.errors import Conflict, Invalid, NotFound, Refused
from chat.limits import allow_post
from chat.live.events import MessageChanged
from chat.live.publishing import publish
from chat.markup import clean, excerpt, render
from chat.models import Member, Message, Person, Room
from chat.models.message import BODY_LIMIT

GROUPED_WITHIN = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Posted:
    """``created`` is False for a repeat of what was there already."""

    message: Message
    created: bool


def post_message(person: Person, room_id: UUID, *, id: UUID, body: str) -> Posted:  # noqa: A002 - it is the id
    """Keep a message, once, however often it is sent.

    Raises NotFound, Invalid (empty or too long), Conflict (the id belongs to something else) and Limited.
    """
    body = clean_body(body)
    if message := _repeat(person, room_id, id, body):
        current_member(message.room, person)
        return Posted(message, created=False)
    allow_post(person)
    html = render(body)
    try:
        with transaction.atomic():
            room = lock_room(room_id)
            member = current_member(room, person)
            if message := _repeat(person, room_id, id, body):
                return Posted(message, created=False)
            return Posted(_insert(room, member, id, body, html), created=True)
    except IntegrityError:
        # The same id was committed into another room between our look and our insert.
        raise _taken() from None


def edit_message(person: Person, message_id: UUID, body: str) -> Message:
    """Give a message another text. Raises NotFound, Refused and Invalid. The same text again changes nothing."""
    body = clean_body(body)
    html = render(body)
    room_id = _room_of(person, message_id)
    with transaction.atomic():
        room = lock_room(room_id)
        member = current_member(room, person)
        message = _get(room, message_id)
        if not policies.may_edit(member, message):
            raise Refused(_("Only the author can edit a message, and only while it is there."))
        if body == message.body:
            return message
        advance(room)
        message.body, message.html, message.excerpt = body, html, excerpt(body)
        message.edited_at = Now()  # the database's clock
        message.version = room.version
        message.save(update_fields=["body", "html", "excerpt", "edited_at", "version"])
        publish(MessageChanged(room, message))
        return message


def delete_message(person: Person, message_id: UUID) -> Message:
    """Empty a message; its place stays. Raises NotFound and Refused. Again changes nothing."""
    room_id = _room_of(person, message_id)
    with transaction.atomic():
        room = lock_room(room_id)
        member = current_member(room, person)
        message = _get(room, message_id)
        if message.deleted_at is None:
            if not policies.may_delete(member, message):
                raise Refused(_("Only the author and the room's keepers can delete a message."))
            _empty(room, message)
        return message


def moderate_message(message_id: UUID) -> Message:
    """Empty a message for those who keep the whole place, whether or not they are in its room."""
    room_id = Message.objects.filter(pk=message_id).values_list("room", flat=True).first()
    if room_id is None:
        raise NotFound
    with transaction.atomic():
        room = lock_room(room_id)
        message = _get(room, message_id)
        if message.deleted_at is None:
            _empty(room, message)
        return message


def clean_body(body: str) -> str:
    """The text as it is kept: one kind of line end, no control characters, no blank edges. Raises Invalid."""
    body = clean(body).strip("\n").rstrip()
    if not body.strip():
        raise Invalid(_("There is nothing in this message yet."))
    if len(body) > BODY_LIMIT:
        raise Invalid(
            _("This message has %(length)d characters; %(limit)d are the most.")
            % {"length": len(body), "limit": BODY_LIMIT}
        )
    return body


def fingerprint(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()


def _repeat(person: Person, room_id: UUID, message_id: UUID, body: str) -> Message | None:
    """What an earlier sending of the same left; Conflict if the id stands for something else. One query."""
    message = Message.objects.select_related("author", "room").filter(pk=message_id).first()
    if message is None:
        return None
    same = message.deleted_at is not None or message.fingerprint == fingerprint(body)
    if message.author_id == person.pk and message.room_id == room_id and same:
        return message
    raise _taken()


def _taken() -> Conflict:
    return Conflict(_("This message could not be told apart from another one. Send it again as a new one."))


def _insert(room: Room, member: Member, message_id: UUID, body: str, html: str) -> Message:
    continues = Message.objects.filter(
        room=room,
        seq=room.last_seq,
        author=member.person,
        deleted_at=None,
        created_at__gt=Now() - GROUPED_WITHIN,
    ).exists()
    advance(room, message=True)
    message = Message.objects.create(
        id=message_id,
        room=room,
        author=member.person,
        seq=room.last_seq,
        version=room.version,
        body=body,
        html=html,
        excerpt=excerpt(body),
        fingerprint=fingerprint(body),
        continues=continues,
        created_at=Now(),
    )
    Member.objects.filter(pk=member.pk).update(read_seq=room.last_seq, seen_seq=room.last_seq)
    publish(MessageChanged(room, message))
    return message


def _room_of(person: Person, message_id: UUID) -> UUID:
    """Where a message is that the person may see. Raises NotFound. One query."""
    room_id = Message.objects.visible_to(person).filter(pk=message_id).values_list("room", flat=True).first()
    if room_id is None:
        raise NotFound
    return room_id


def _get(room: Room, message_id: UUID) -> Message:
    return Message.objects.shown().get(pk=message_id, room=room)


def _empty(room: Room, message: Message) -> None:
    advance(room)
    message.body = message.html = message.excerpt = message.fingerprint = ""
    message.deleted_at = Now()  # the database's clock
    message.version = room.version
    message.save(update_fields=["body", "html", "excerpt", "fingerprint", "deleted_at", "version"])
    publish(MessageChanged(room, message))
