"""A workspace of any size: thousands of people who talk like those of the demo. For ``manage.py populate``."""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import accumulate, batched

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.utils import timezone

from chat.actions.populating import Newcomer, Spoken, add_people, add_room, announce_rooms
from chat.demo.chatter import CHATTER
from chat.demo.rooms import ROOMS
from chat.models import Member, Person, Room
from chat.progress import counted

YEARS = 2
MAX_EXISTING = 20  # this many of the existing people who can sign in are added to every room
CHUNK = 5000


def _words(text: str) -> list[str]:
    return text.split()


FIRST = _words(
    "Maria Ines Jonas Amara Luis Freya Tomasz Noor Elena Kofi Priya Mateo Hannah Yusuf Chloe Emil "
    "Ива Георги Мария Димитър Елена Петър Калина Стефан สมชาย มาลี อนงค์ ประเสริฐ กมล วิภา ณัฐ พิมพ์"
)
LAST = _words(
    "Lopez Okafor Lindgren Novak Haddad Rossi Tanaka Byrne Petrov Moreau Silva Keller Nowak Osei Demir Walsh "
    "Стоянов Петкова Димитров Иванова ทองดี ศรีวิไล แสงจันทร์ บุญมี"
)
WORDS = _words(
    "harbour office boats crews tickets repairs kitchen garden music weekend planning releases support travel "
    "training library photos cycling budget contracts lost-and-found night-shift first-aid radio weather"
)
LONG = tuple(tuple(text.rstrip("~#") for _, text in talk) for room in ROOMS for talk in room.talks)


def populate(
    *, members: int, messages: int, rooms: int, seed: int, progress: Callable[[int], object]
) -> list[Room]:
    """Add this many of each; another run adds as many again. ``progress`` gets the number of messages as they are created.

    Each room is created completely or not at all.
    """
    chance = random.Random(seed)
    now = timezone.now()
    here = existing_people()
    crowd = [
        pk for some in batched(_newcomers(members, chance), CHUNK, strict=False) for pk in add_people(some)
    ]
    names = _names(rooms)
    made = []
    for number, count in enumerate(_shares(messages, rooms)):
        begin = now - timedelta(days=365 * YEARS * chance.uniform(0.5, 1))
        size = len(crowd) if number == 0 else min(len(crowd), 2 + int(len(crowd) / (2 * number + 2)))
        people = [*here, *chance.sample(crowd, size)]
        room = add_room(
            name=names[number],
            topic="",
            kind=Room.Kind.CLOSED if number % 3 == 2 else Room.Kind.OPEN,
            created_at=begin,
            members=[
                (person, Member.Role.MEMBER if n else Member.Role.OWNER, chance.choice((0, 0, 0, 3, 40)))
                for n, person in enumerate(people)
            ],
            messages=counted(_talk(people, count, begin, now, chance), progress),
            count=count,
        )
        made.append(room)
    announce_rooms(here)
    return made


def existing_people() -> list[int]:
    """Existing people who can sign in to look at it. One query."""
    found = Person.objects.active().exclude(user__password__startswith=UNUSABLE_PASSWORD_PREFIX)
    return list(found.order_by("pk").values_list("pk", flat=True)[:MAX_EXISTING])


def _newcomers(count: int, chance: random.Random) -> Iterator[Newcomer]:
    """Numbered after the last person, so that no name or address repeats."""
    latest = Person.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    for number in range(latest + 1, latest + 1 + count):
        # Digits start at 2: 0 and 1 look like letters, and names must not look alike.
        code = "".join(str(int(digit) + 2) for digit in f"{number:o}")
        name = f"{chance.choice(FIRST)} {chance.choice(LAST)}"
        yield Newcomer(f"member-{number}@example.com", f"member-{code}", name)


def _names(count: int) -> list[str]:
    taken = set(Room.objects.values_list("name", flat=True))
    free: list[str] = []
    number = 1
    while len(free) < count:
        free += [name for word in WORDS if (name := word if number == 1 else f"{word}-{number}") not in taken]
        number += 1
    return free[:count]


def _shares(messages: int, rooms: int) -> list[int]:
    """Shares of the messages: the first room gets the most, the second half as many, and so on. They add up exactly."""
    weights = list(accumulate(1 / (n + 1) for n in range(rooms)))
    ends = [round(messages * weight / weights[-1]) for weight in weights]
    return [end - begin for begin, end in zip([0, *ends], ends, strict=False)]


def _talk(
    people: Sequence[int], count: int, begin: datetime, end: datetime, chance: random.Random
) -> Iterator[Spoken]:
    """One exchange after the other, evenly spread; within one, people answer within minutes."""
    step = (end - begin) / max(count, 1)
    sent = 0
    while sent < count:
        texts = _exchange(chance)[: count - sent]
        # Some talk more than others.
        asks, answers = (people[int(len(people) * chance.random() ** 2)] for _ in range(2))
        at = begin + step * sent
        pause = min(step, timedelta(seconds=chance.randint(20, 200)))
        for n, text in enumerate(texts):
            yield Spoken(answers if n % 2 else asks, at + pause * n, text)
        sent += len(texts)


def _exchange(chance: random.Random) -> tuple[str, ...]:
    if chance.random() < 0.02:
        return chance.choice(LONG)
    numbers = {
        "hour": chance.randint(10, 19),
        "seats": chance.randint(13, 48),
        "pier": chance.randint(1, 4),
        "knots": chance.randint(8, 31),
    }
    return tuple(text.format(**numbers) for text in chance.choice(CHATTER) if text)
