"""Creating people, rooms and messages by the million. All numbers are what live posting would have given.

Like ``importing``, for more than fits into memory. Publishes nothing: pages learn of it by heartbeat and catch-up.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import batched
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.db.models import F

from chat.actions.locking import users
from chat.actions.posting import GROUPED_WITHIN, clean_body, fingerprint
from chat.actions.rooms import clean_name, clean_topic
from chat.db import sql
from chat.models import Member, Message, Person, Room
from chat.text.markup import excerpt, render

BATCH = 20_000  # rows per statement, far below the longest statement allowed

_COLUMNS = (
    "id",
    "room_id",
    "author_id",
    "seq",
    "version",
    "body",
    "html",
    "excerpt",
    "fingerprint",
    "continues",
    "created_at",
)


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A person whose account nobody can sign in to: it has no password."""

    email: str
    username: str
    display_name: str


@dataclass(frozen=True, slots=True)
class Spoken:
    author_id: int
    at: datetime
    body: str


@transaction.atomic
def add_people(newcomers: Sequence[Newcomer]) -> list[int]:
    """Returns their person ids, in the same order. Two queries per thousand."""
    model = get_user_model()
    mail = model.get_email_field_name()
    accounts = [model(password=make_password(None), **{mail: each.email}) for each in newcomers]
    made = users().bulk_create(accounts, batch_size=1000)
    people = [
        Person(user_id=user.pk, display_name=each.display_name, username=each.username)
        for user, each in zip(made, newcomers, strict=True)
    ]
    return [person.pk for person in Person.objects.bulk_create(people, batch_size=1000)]


def announce_rooms(people: Sequence[int]) -> None:
    """Tell the pages of existing people that they were added to rooms. One query."""
    Person.objects.filter(pk__in=people).update(version=F("version") + 1)


@transaction.atomic
def add_room(
    *,
    name: str,
    topic: str,
    kind: str,
    created_at: datetime,
    members: Sequence[tuple[int, str, int]],
    messages: Iterable[Spoken],
    count: int,
) -> Room:
    """Create a room with exactly ``count`` messages, sorted by time. ``members``: (person id, role, number of unread)."""
    first = 2 + len(members)
    room = Room.objects.create(
        name=clean_name(name),
        topic=clean_topic(topic),
        kind=kind,
        version=first - 1 + count,
        last_seq=count,
        details_version=1,
        created_at=created_at,
    )
    read = [max(0, count - unread) for _, _, unread in members]
    rows = (
        Member(room=room, person_id=person, role=role, version=2 + n, read_seq=read[n], seen_seq=read[n])
        for n, (person, role, _) in enumerate(members)
    )
    for some in batched(rows, 1000, strict=False):
        Member.objects.bulk_create(some)
    for lines in batched(_rows(room, messages, first), BATCH, strict=False):
        sql.bulk_copy(Message._meta.db_table, _COLUMNS, lines)  # noqa: SLF001 - documented
    return room


def _rows(room: Room, messages: Iterable[Spoken], first: int) -> Iterator[tuple[Any, ...]]:
    key, moment = sql.key(room.pk), connection.ops.adapt_datetimefield_value
    author, before = 0, datetime.min.replace(tzinfo=room.created_at.tzinfo) + timedelta(days=1)
    for n, post in enumerate(messages):
        continues = post.author_id == author and post.at - before < GROUPED_WITHIN
        author, before = post.author_id, post.at
        texts = _texts(post.body)
        yield (sql.key(_id_of(post.at)), key, author, n + 1, first + n, *texts, continues, moment(post.at))


@lru_cache(maxsize=50_000)
def _texts(body: str) -> tuple[str, str, str, str]:
    """Body, HTML, excerpt, fingerprint. Cached: generated texts repeat, and rendering is the slowest part."""
    body = clean_body(body)
    return body, render(body), excerpt(body), fingerprint(body)


def _id_of(at: datetime) -> UUID:
    """A UUID version 7, as browsers make them: ids of the same time are close together in the index."""
    milliseconds = int(at.timestamp() * 1000)
    return UUID(int=milliseconds << 80 | 7 << 76 | (uuid4().int & ((1 << 76) - 1)))
