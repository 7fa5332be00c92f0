"""Posting: one message or, at hardly more cost, all that arrived during the previous commit."""

import hashlib
from collections.abc import Collection, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext as _

from chat.actions import posting_sql
from chat.actions.locking import current_member
from chat.actions.write_rules import why_not_post
from chat.db.clock import clock
from chat.errors import ChatError, Conflict, Invalid, NotFound
from chat.events.message_parts import load_message_parts
from chat.events.publishing import publish
from chat.events.types import MessagePosted, ReadMoved
from chat.limits import allow
from chat.models import Message, Person
from chat.models.message import BODY_LIMIT
from chat.text.characters import is_visible
from chat.text.markup import clean, excerpt, render

GROUPED_WITHIN = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Posting:
    """A message to post. ``id`` is chosen by the sender, so that sending it again is safe.

    ``html`` is the rendered body, if the caller has it already.
    """

    person: Person
    room_id: UUID
    id: UUID
    body: str
    html: str = ""


@dataclass(frozen=True, slots=True)
class Posted:
    """``created`` is False if the message existed already."""

    message: Message
    created: bool


def post_message(person: Person, room_id: UUID, *, id: UUID, body: str) -> Posted:  # noqa: A002 - it is the id
    """Store a message once, however often it is sent.

    Raises NotFound, Refused (archived, silenced, only moderators may post), Invalid (empty or too long), Conflict (the
    id belongs to something else) and Limited.
    """
    (outcome,) = post_messages([Posting(person, room_id, id, body)])
    if isinstance(outcome, ChatError):
        raise outcome
    return outcome


def post_messages(postings: Sequence[Posting]) -> list[Posted | ChatError]:
    """Store many messages, in order, in one transaction: a constant number of queries and one publish.

    Each gets its own outcome: an error of one does not affect the others. Raises only what the database raises.
    """
    outcomes: dict[int, Posted | ChatError] = {}
    known = _known({posting.id for posting in postings})
    fresh: dict[int, Posting] = {}
    taken: set[UUID] = set()
    again: list[int] = []  # an id that comes twice in one batch: the second is a retry of the first
    for index, posting in enumerate(postings):
        try:
            cleaned = replace(posting, body=clean_body(posting.body))
            if message := known.get(posting.id):
                allow("repeat", posting.person.pk)
                outcomes[index] = _repeat(cleaned, message)
            elif posting.id in taken:
                again.append(index)
            else:
                allow("post", posting.person.pk)
                fresh[index] = cleaned
                taken.add(posting.id)
        except ChatError as error:
            outcomes[index] = error
    if fresh:
        outcomes |= zip(fresh, _keep(list(fresh.values())), strict=True)
    outcomes |= {index: post_messages([postings[index]])[0] for index in again}
    return [outcomes[index] for index in range(len(postings))]


def rendered(posting: Posting) -> Posting:
    """The posting with its HTML. Raises Invalid."""
    body = clean_body(posting.body)
    return replace(posting, body=body, html=render(body))


def clean_body(body: str) -> str:
    """The text as stored: one kind of line end, no control characters, no blank edges. Raises Invalid, also if nobody
    would see anything of it.
    """
    body = clean(body).strip("\n").rstrip()
    if not is_visible(body):
        raise Invalid(_("Write a message first."))
    if len(body) > BODY_LIMIT:
        raise Invalid(
            _("Too long: %(length)d of %(limit)d characters.") % {"length": len(body), "limit": BODY_LIMIT}
        )
    return body


def fingerprint(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()


def _known(ids: set[UUID]) -> dict[UUID, Message]:
    found = posting_sql.known_ids(ids)
    return _stored(found) if found else {}


def _stored(ids: Collection[UUID]) -> dict[UUID, Message]:
    """Messages that are there already, ready to be rendered."""
    found = Message.objects.select_related("author", "room").in_bulk(ids)
    load_message_parts(found.values())
    return found


def _repeat(posting: Posting, message: Message) -> Posted:
    """The result of an earlier posting of this id. Raises Conflict if the id is taken by something else, and NotFound."""
    if not message.room.retains(message.seq):  # expired, and perhaps not yet emptied
        message.body = message.html = message.excerpt = ""
        message.deleted_at = message.deleted_at or clock.now()
        # Below every version that pages hold, and not the version of any cached fragment.
        message.version = 0
    same = message.deleted_at is not None or message.fingerprint == fingerprint(posting.body)
    if not (same and message.author_id == posting.person.pk and message.room_id == posting.room_id):
        raise Conflict(_("Message could not be sent. Send it again as a new message."))
    current_member(message.room, posting.person)
    return Posted(message, created=False)


def _keep(postings: list[Posting]) -> list[Posted | ChatError]:
    html = [posting.html or render(posting.body) for posting in postings]  # before the lock
    try:
        with transaction.atomic():
            return _insert(postings, html)
    except DataError:
        # The database refuses one of the texts, always. Retried alone, only that one is refused.
        if len(postings) == 1:
            return [Invalid(_("This text can't be stored."))]
    except IntegrityError:
        # Another process has committed one of the ids since the check. Retried alone, each gets its own
        # outcome.
        if len(postings) == 1:
            (posting,) = postings
            message = _stored([posting.id])[posting.id]
            try:
                return [_repeat(posting, message)]
            except ChatError as error:
                return [error]
    return [outcome for posting in postings for outcome in _keep([posting])]


def _insert(postings: list[Posting], html: list[str]) -> list[Posted | ChatError]:
    """Under the locks of all the rooms: number, insert and publish."""
    rooms, senders, last, now = posting_sql.lock(
        {(posting.room_id, posting.person.pk) for posting in postings}
    )
    outcomes: list[Posted | ChatError] = []
    read: dict[int, int] = {}  # member id -> seq
    for posting, rendered in zip(postings, html, strict=True):
        room = rooms.get(posting.room_id)
        sender = senders.get((posting.room_id, posting.person.pk))
        if room is None or sender is None:
            outcomes.append(NotFound())
            continue
        if refused := why_not_post(room, sender, now):
            outcomes.append(refused)
            continue
        sender.posted_at = now
        room.version += 1
        room.last_seq += 1
        message = Message(
            id=posting.id,
            room=copy(room),  # its state as of this message
            author=sender.person,
            seq=room.last_seq,
            version=room.version,
            body=posting.body,
            html=rendered,
            excerpt=excerpt(posting.body),
            fingerprint=fingerprint(posting.body),
            continues=_continues(last.get(room.pk), sender.person, now),
            created_at=now,
        )
        read[sender.member_id] = room.last_seq
        last[room.pk] = posting_sql.Previous(sender.person.pk, now, deleted=False)
        outcomes.append(Posted(message, created=True))
    posted = [outcome.message for outcome in outcomes if isinstance(outcome, Posted)]
    if posted:
        posting_sql.write(
            posted, [rooms[room_id] for room_id in {m.room_id for m in posted}], read.items(), now
        )
        # Posting also reads the room. The sender's pages that show other rooms learn of it only through this
        # event.
        reached = {(message.author.pk, message.room.pk): message.seq for message in posted}
        publish(
            *(MessagePosted(message.room, message) for message in posted),
            *(ReadMoved(*key, seq) for key, seq in reached.items()),
        )
    return outcomes


def _continues(last: posting_sql.Previous | None, sender: Person, now: datetime) -> bool:
    return (
        last is not None
        and last.author_id == sender.pk
        and not last.deleted
        and now - last.created_at < GROUPED_WITHIN
    )
