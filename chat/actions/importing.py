"""Importing a room with its history, in bulk. All numbers are what live posting would have given."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from chat.actions.posting import GROUPED_WITHIN, clean_body, fingerprint
from chat.actions.rooms import clean_name, clean_topic
from chat.models import Member, Message, Person, Room
from chat.text.markup import excerpt, render


@dataclass(frozen=True, slots=True)
class Imported:
    """A message of the history. ``edited`` and ``deleted``: what happened to it later."""

    author: Person
    at: datetime
    body: str
    edited: bool = False
    deleted: bool = False
    id: UUID | None = None


@transaction.atomic
def import_room(
    *,
    name: str,
    topic: str,
    kind: str,
    created_at: datetime,
    members: Sequence[tuple[Person, str, int]],
    messages: Sequence[Imported],
) -> Room:
    """Create a room. ``members``: (person, role, number of unread messages at the end); ``messages``: sorted by time.

    The versions are those of a room whose members joined first, then wrote, then edited and deleted. Raises Invalid.
    Publishes nothing: it is for workspaces that are being set up. Six queries, however long the history.
    """
    count = len(messages)
    changed = [n for n, message in enumerate(messages) if message.edited or message.deleted]
    version = 1 + len(members) + count + len(changed)
    room = Room.objects.create(
        name=clean_name(name),
        topic=clean_topic(topic),
        kind=kind,
        version=version,
        last_seq=count,
        details_version=1,
        created_at=created_at,
    )
    Member.objects.bulk_create(
        Member(
            room=room,
            person=person,
            role=role,
            version=2 + n,
            read_seq=max(0, count - unread),
            seen_seq=max(0, count - unread),
        )
        for n, (person, role, unread) in enumerate(members)
    )
    first = 2 + len(members)
    last_change = {n: first + count + index for index, n in enumerate(changed)}
    Message.objects.bulk_create(
        [
            _message(room, message, n + 1, last_change.get(n, first + n), messages[n - 1] if n else None)
            for n, message in enumerate(messages)
        ],
        batch_size=500,
    )
    return room


def _message(room: Room, given: Imported, seq: int, version: int, before: Imported | None) -> Message:
    continues = (
        before is not None
        and before.author == given.author
        and not before.deleted
        and given.at - before.at < GROUPED_WITHIN
    )
    body = clean_body(given.body)
    stored = "" if given.deleted else body
    return Message(
        id=given.id or uuid4(),
        room=room,
        author=given.author,
        seq=seq,
        version=version,
        body=stored,
        html=render(stored) if stored else "",
        excerpt=excerpt(stored) if stored else "",
        fingerprint=fingerprint(stored) if stored else "",
        continues=continues,
        created_at=given.at,
        edited_at=given.at if given.edited and not given.deleted else None,
        deleted_at=given.at if given.deleted else None,
    )
