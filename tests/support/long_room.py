"""A room with a long history, inserted as fast as the database allows."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from chat.actions.importing import import_room
from chat.models import Message, Person, Room

DAYS, A_DAY = 20, 500  # 500 messages on each of 20 days, the last of them yesterday


def long_room(name: str, people: Sequence[Person], *, count: int = DAYS * A_DAY, unread: int = 0) -> Room:
    """``people[0]`` owns it and wrote the newer half; ``people[1]`` has not read the last ``unread``."""
    owner, other, *others = people
    begun = timezone.now().replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(days=DAYS)
    members = [(owner, "owner", 0), (other, "member", unread), *((person, "member", 0) for person in others)]
    room = import_room(name=name, topic="", kind="closed", created_at=begun, members=members, messages=[])
    words = ["so", "much", "to", "say", "of", "boats", "and", "of", "the", "weather", "at", "the", "harbour"]
    rows = []
    for n in range(count):
        text = f"Number {n + 1} " + " ".join(words[: n * 7 % 12] * (1 + n % 4))
        rows.append(
            Message(
                id=uuid4(),
                room=room,
                author=owner if n >= count // 2 else (owner, other)[n // 3 % 2],
                seq=n + 1,
                version=room.version + n + 1,
                body=text,
                html=f"<p>{text}</p>",
                excerpt=text[:140],
                fingerprint="0" * 64,
                continues=n % 3 > 0,
                created_at=begun + timedelta(days=n // A_DAY, seconds=40 * (n % A_DAY)),
            )
        )
    Message.objects.bulk_create(rows, batch_size=500)
    room.last_seq, room.version = count, room.version + count
    room.save(update_fields=["last_seq", "version"])
    for person, _, behind in members:
        room.members.filter(person=person).update(read_seq=count - behind, seen_seq=count - behind)
    return room
