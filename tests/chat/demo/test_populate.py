"""A crowd made by manage.py populate: its numbers must be those of a real history."""

from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Count, F, Max, Min
from django.utils import timezone

from chat.models import Member, Message, Person, Room
from chat.queries import catching_up
from tests.conftest import client_of, say

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _development(settings) -> None:
    settings.DEBUG = True


def populate(*arguments: str) -> None:
    call_command("populate", *arguments, verbosity=0)


def test_a_crowd_has_the_numbers_of_a_lived_in_workspace_and_may_come_twice(alice: Person) -> None:
    populate("--members=40", "--messages=900", "--rooms=7")
    populate("--members=5", "--messages=100", "--rooms=2", "--seed=2")
    assert Person.objects.count() == 46
    assert Room.objects.count() == 9
    assert Message.objects.count() == 1000
    assert Message.objects.filter(author=alice).exists()
    found = Room.objects.annotate(
        people=Count("members", distinct=True),
        first=Min("messages__seq"),
        last=Max("messages__seq"),
        count=Count("messages", distinct=True),
        newest=Max("messages__version"),
        late=Max("messages__created_at"),
    )
    for room in found:
        assert (room.first, room.last, room.count) == (1, room.last_seq, room.last_seq)
        assert room.version == room.newest == 1 + room.people + room.last_seq
        assert room.created_at < room.late < timezone.now()
    assert not Member.objects.filter(read_seq__gt=F("room__last_seq")).exists()
    stamps = [*Message.objects.values_list("room", "version"), *Member.objects.values_list("room", "version")]
    assert len(stamps) == len(set(stamps))
    for room in found:
        spoken = list(Message.objects.filter(room=room).order_by("seq"))
        assert [m.created_at for m in spoken] == sorted(m.created_at for m in spoken)
    assert {m.pk.version for m in Message.objects.all()[:50]} == {7}
    assert Message.objects.filter(html__contains="<p>", continues=True).exists()


def test_life_goes_on_in_a_crowd(alice: Person) -> None:
    populate("--members=5", "--messages=60", "--rooms=1")
    room = Room.objects.get()
    assert client_of(alice).get(f"/rooms/{room.pk}/").status_code == 200
    held = room.version
    assert say(alice, room).seq == 61
    room.refresh_from_db()
    assert len(catching_up.since(room, held).fragments) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        ["--members=-1"],
        ["--members=many"],
        ["--messages=1.5"],
        ["--rooms=0"],
        ["--messages=99999999999"],
        ["--members=²"],
        ["--seed=x"],
        ["--members=1"],
    ],
)
def test_odd_numbers_are_answered_in_a_sentence(wrong: list[str]) -> None:
    with pytest.raises(CommandError, match=r"number|int value|2 or more"):
        populate(*wrong)
    assert not Person.objects.exists()


def test_outside_development_one_must_mean_it(settings) -> None:
    settings.DEBUG = False
    with pytest.raises(CommandError, match="--really"):
        populate()
    populate("--members=2", "--messages=3", "--rooms=1", "--really")
    assert Message.objects.count() == 3


def test_before_the_first_migration_it_says_so(alice: Person) -> None:
    """A database without tables, as in a fresh checkout."""
    with (
        mock.patch.object(connection.introspection, "table_names", return_value=[]),
        pytest.raises(CommandError, match=r"run manage\.py migrate first"),
    ):
        call_command("populate", members=2, messages=1, really=True, verbosity=0)
