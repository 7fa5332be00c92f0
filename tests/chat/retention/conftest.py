"""A room in which most messages are ten days old."""

import pytest

from chat.models import Message, Person, Room
from tests.chat.retention.arranging import aged
from tests.conftest import say


@pytest.fixture
def numbered(alice: Person, bob: Person, room: Room) -> list[Message]:
    """Six messages of two people in turn; the first four are ten days old."""
    made = [say(alice if n % 2 else bob, room, f"Words {n}") for n in range(1, 7)]
    aged(room, 10, up_to=4)
    room.refresh_from_db()
    return made
