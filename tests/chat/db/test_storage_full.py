"""The database is really full: SQLite may not grow any more. Writers get an error, and nothing is stored in part."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.db import DatabaseError, OperationalError, connection

from chat.db.availability import is_full
from chat.models import Message, Person, Room
from tests.conftest import client_of, script_of

SENTENCE = "The server has no storage space left. Try again later."
BODY = "many words " * 900


pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def small(room: Room) -> Iterator[None]:
    if connection.vendor != "sqlite":
        pytest.skip("tests/faults fills PostgreSQL's disk")
    yield
    there_is_room()


def fill() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")  # free pages would be used first
    pragma("max_page_count", pragma("page_count"))


def pragma(name: str, value: int | None = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {name}" if value is None else f"PRAGMA {name} = {value}")
        return int(cursor.fetchone()[0])


def there_is_room() -> None:
    pragma("max_page_count", 2**31)


def test_a_script_gets_a_sentence_and_when_to_come_again(alice: Person, room: Room, small: None) -> None:
    client, key = script_of(alice), uuid4()
    fill()
    answer = client.post(f"/rooms/{room.pk}/messages/", {"id": key, "body": BODY})
    assert answer.status_code == 507
    assert answer.content.decode() == SENTENCE
    assert answer["Content-Type"].startswith("text/plain")
    assert answer["Retry-After"] == "15"
    assert answer["Chat-Answer"] == "1", "else the page takes it for somebody else's"
    assert not Message.objects.exists()
    assert Room.objects.get(pk=room.pk).version == room.version
    assert client.get(f"/rooms/{room.pk}/").status_code == 200
    there_is_room()
    assert client.post(f"/rooms/{room.pk}/messages/", {"id": key, "body": BODY}).status_code == 201


def test_without_script_the_words_are_shown_once_more(alice: Person, room: Room, small: None) -> None:
    client = client_of(alice)
    fill()
    answer = client.post(f"/rooms/{room.pk}/messages/", {"id": uuid4(), "body": BODY})
    page = answer.content.decode()
    assert answer.status_code == 507
    assert SENTENCE in page
    assert "many words many words" in page


def test_other_errors_are_no_full_disk() -> None:
    assert not is_full(OperationalError("the connection is closed"))
    assert not is_full(DatabaseError())
    assert not is_full(OSError(28, "No space left on device"))
