"""Posting: one message or, for hardly more, all that came while the last ones were committed."""

import hashlib
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from chat.actions import posting_sql
from chat.actions.locking import current_member
from chat.actions.write_rules import why_not_post
from chat.db.clock import clock
from chat.errors import ChatError, Conflict, Invalid, NotFound
from chat.events.publishing import publish
from chat.events.types import MessagePosted, ReadMoved
from chat.limits import allow
from chat.models import Message, Person
from chat.models.message import BODY_LIMIT
from chat.text.markup import clean, excerpt, render

GROUPED_WITHIN = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Posting:
    """What somebody wants to say. ``id`` is the sender's, and makes sending it again safe.

    ``html`` is the body rendered, by whoever did that already.
    """

    person: Person
    room_id: UUID
    id: UUID
    body: str
    html: str = ""


@dataclass(frozen=True, slots=True)
class Posted:
    """``created`` is False for a repeat of what was there already."""

    message: Message
    created: bool


def post_message(person: Person, room_id: UUID, *, id: UUID, body: str) -> Posted:  # noqa: A002 - it is the id
    """Keep a message, once, however often it is sent.

    Raises NotFound, Refused (archived, silenced, not for all to write), Invalid (empty or too long), Conflict (the id
    belongs to something else) and Limited.
    """
    (outcome,) = post_messages([Posting(person, room_id, id, body)])
    if isinstance(outcome, ChatError):
        raise outcome
    return outcome


def post_messages(postings: Sequence[Posting]) -> list[Posted | ChatError]:
    """Keep many, in their order, in one transaction: a constant number of queries and one publish.

    Each gets its own outcome: what is wrong with one spoils no other. Raises only what the database raises.
    """
    outcomes: dict[int, Posted | ChatError] = {}
    known = _known({posting.id for posting in postings})
    fresh: dict[int, Posting] = {}
    taken: set[UUID] = set()
    again: list[int] = []  # an id that comes twice in one batch: the second is a repeat of the first
    for place, posting in enumerate(postings):
        try:
            cleaned = replace(posting, body=clean_body(posting.body))
            if message := known.get(posting.id):
                allow("repeat", posting.person.pk)
                outcomes[place] = _repeat(cleaned, message)
            elif posting.id in taken:
                again.append(place)
            else:
                allow("post", posting.person.pk)
                fresh[place] = cleaned
                taken.add(posting.id)
        except ChatError as error:
            outcomes[place] = error
    if fresh:
        outcomes |= zip(fresh, _keep(list(fresh.values())), strict=True)
    outcomes |= {place: post_messages([postings[place]])[0] for place in again}
    return [outcomes[place] for place in range(len(postings))]


def rendered(posting: Posting) -> Posting:
    """With its HTML. Raises Invalid."""
    body = clean_body(posting.body)
    return replace(posting, body=body, html=render(body))


def clean_body(body: str) -> str:
    """The text as it is kept: one kind of line end, no control characters, no blank edges. Raises Invalid."""
    body = clean(body).strip("\n").rstrip()
    if not body.strip():
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
    return Message.objects.select_related("author", "room").in_bulk(found) if found else {}


def _repeat(posting: Posting, message: Message) -> Posted:
    """What an earlier sending of the same left. Raises Conflict if the id stands for something else, and NotFound."""
    if not message.room.retains(message.seq):  # and perhaps it is not emptied yet
        message.body = message.html = message.excerpt = ""
        message.deleted_at = message.deleted_at or clock.now()
        # Below all that pages hold; and no fragment that was rendered of it before has this one.
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
    except IntegrityError:
        # One of the ids was committed by another process since we looked. Alone, each finds out for itself.
        if len(postings) == 1:
            (posting,) = postings
            message = Message.objects.select_related("author", "room").get(pk=posting.id)
            try:
                return [_repeat(posting, message)]
            except ChatError as error:
                return [error]
        return [outcome for posting in postings for outcome in _keep([posting])]


def _insert(postings: list[Posting], html: list[str]) -> list[Posted | ChatError]:
    """Under the locks of all the rooms: number, insert, and tell."""
    rooms, senders, last, now = posting_sql.lock(
        {(posting.room_id, posting.person.pk) for posting in postings}
    )
    outcomes: list[Posted | ChatError] = []
    read: dict[int, int] = {}  # member -> seq
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
            room=copy(room),  # as this message left it
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
        # Whoever writes has read: their other pages, which show other rooms, learn it by this alone.
        reached = {(message.author.pk, message.room.pk): message.seq for message in posted}
        publish(
            *(MessagePosted(message.room, message) for message in posted),
            *(ReadMoved(*place, seq) for place, seq in reached.items()),
        )
    return outcomes


def _continues(last: posting_sql.Previous | None, sender: Person, now: datetime) -> bool:
    return (
        last is not None
        and last.author_id == sender.pk
        and not last.deleted
        and now - last.created_at < GROUPED_WITHIN
    )
