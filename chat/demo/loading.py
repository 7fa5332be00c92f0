"""Loads the demo into the database. Deterministic, except for the time of day it ends at."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from chat import actions
from chat.actions.importing import Imported, import_room
from chat.demo.chatter import CHATTER
from chat.demo.people import GUESTS, PASSWORD, PEOPLE, STAFF
from chat.demo.registry import DEMO_LOADERS
from chat.demo.rooms import ROOMS, DemoRoom
from chat.models import Member, Person, Room

WEEKS = 3


def load() -> bool:
    """Create people and rooms, all or none. Returns False if there are rooms already; then one query."""
    if Room.objects.exists():
        return False
    with transaction.atomic():
        people = {key: _person(key, name) for key, name in PEOPLE.items()}
        rooms = {room.name: _room(room, people, random.Random(number)) for number, room in enumerate(ROOMS)}
        for load_more in DEMO_LOADERS:
            load_more(people, rooms)
    return True


def _person(key: str, name: str) -> Person:
    users = get_user_model()._default_manager  # noqa: SLF001 - Django's documented way to a custom user's manager
    email = f"{key}@example.com"
    user = users.filter(**{get_user_model().get_email_field_name(): email}).first()
    if user is None:
        make = users.create_superuser if key in STAFF else users.create_user
        user = make(email, PASSWORD if key in GUESTS | STAFF else None)
    return actions.ensure_person(user, name)


def _room(room: DemoRoom, people: dict[str, Person], chance: random.Random) -> Room:
    now = timezone.now() - timedelta(hours=room.quiet)
    begin = now - timedelta(weeks=WEEKS)
    spoken = list(_chatter(room, people, begin, chance))
    for days_ago, talk in zip(range(len(room.talks) - 1, -1, -1), room.talks, strict=True):
        at = now - timedelta(days=days_ago, minutes=chance.randint(3, 40))
        at -= timedelta(minutes=4 * len(talk))
        for who, text in talk:
            at += timedelta(seconds=chance.randint(20, 240))
            spoken.append(
                Imported(
                    people[who], at, text.rstrip("~#"), edited=text.endswith("~"), deleted=text.endswith("#")
                )
            )
    spoken.sort(key=lambda message: message.at)
    owner, *others = room.people
    return import_room(
        name=room.name,
        topic=room.topic,
        kind=room.kind,
        created_at=begin,
        members=[
            (people[who], Member.Role.OWNER if who == owner else Member.Role.MEMBER, room.unread.get(who, 0))
            for who in (owner, *others)
        ],
        messages=spoken,
    )


def _chatter(
    room: DemoRoom, people: dict[str, Person], begin: datetime, chance: random.Random
) -> Iterator[Imported]:
    """Questions and answers by day, spread over the weeks before the first of the room's talks."""
    if not room.chatter:
        return
    days = 7 * WEEKS - len(room.talks)
    heard: list[tuple[str, str, str]] = []
    for n in range(room.chatter):
        # Use all of them once before any repeats.
        heard = heard or chance.sample(CHATTER, len(CHATTER))
        day, part = divmod(n * days / room.chatter, 1)
        morning = (begin + timedelta(days=day)).replace(hour=6, minute=30)
        at = morning + timedelta(hours=14 * part, minutes=chance.randint(0, 50))
        asks, answers = chance.sample(room.people, 2)
        numbers = {
            "hour": chance.randint(10, 19),
            "seats": chance.randint(13, 48),
            "pier": chance.randint(1, 4),
            "knots": chance.randint(8, 31),
        }
        for who, text in zip((asks, answers, asks), heard.pop(), strict=True):
            if text:
                yield Imported(people[who], at, text.format(**numbers))
            at += timedelta(seconds=chance.randint(30, 300))
