"""The demo, and the import of histories that it uses."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from chat.actions.importing import Imported, import_room
from chat.models import Draft, Member, Message, Person, Room
from chat.queries import catching_up
from tests.conftest import client_of, say


@pytest.mark.django_db
def test_the_demo_is_refused_in_production(settings) -> None:
    settings.DEBUG = False
    with pytest.raises(CommandError, match="development only"):
        call_command("demo")
    assert not Person.objects.exists()


@pytest.mark.django_db
def test_the_demo_looks_lived_in_and_a_second_run_changes_nothing(
    settings, django_assert_max_num_queries
) -> None:
    settings.DEBUG = True
    call_command("demo", verbosity=0)
    alice, bob, charlie = (
        Person.objects.get(username__startswith=name) for name in ("alice", "bob", "charlie")
    )
    shared = set(Room.objects.joined_by(alice)) & set(Room.objects.joined_by(bob)) - set(
        Room.objects.visible_to(charlie)
    )
    assert shared
    assert Room.objects.open_to(alice).exists()
    assert Message.objects.filter(room__name="ferry-desk").count() > 250
    assert Message.objects.exclude(edited_at=None).exists()
    assert Message.objects.exclude(deleted_at=None).exists()
    ada = Person.objects.get(username="ada-novak")
    assert all(person.user.check_password("talk-to-me") for person in (alice, bob, charlie, ada))
    assert [person.user.is_superuser for person in (ada, alice)] == [True, False]
    assert Message.objects.latest("created_at").created_at <= timezone.now()
    assert Draft.objects.get().person == alice
    for room in Room.objects.joined_by(alice):
        assert client_of(alice).get(f"/rooms/{room.pk}/").status_code == 200
    before = list(Room.objects.values_list("pk", "version"))
    with django_assert_max_num_queries(2):
        call_command("demo", verbosity=0)
    assert list(Room.objects.values_list("pk", "version")) == before


def test_an_imported_history_has_the_numbers_of_a_lived_one(alice: Person, bob: Person) -> None:
    begin = timezone.now() - timedelta(days=1)
    spoken = [
        Imported(
            alice if n % 4 < 2 else bob,
            begin + timedelta(minutes=n),
            f"Number {n}",
            edited=n == 3,
            deleted=n == 5,
        )
        for n in range(12)
    ]
    members = [(alice, "owner", 0), (bob, "member", 4)]
    room = import_room(
        name="old", topic="", kind="closed", created_at=begin, members=members, messages=spoken
    )
    messages = list(Message.objects.order_by("seq"))
    assert [m.seq for m in messages] == list(range(1, 13))
    stamps = [1, *Member.objects.values_list("version", flat=True), *(m.version for m in messages)]
    assert len(stamps) == len(set(stamps))
    assert max(stamps) == room.version
    assert [m.continues for m in messages[:7]] == [False, True, False, True, False, True, False]
    assert (messages[5].body, messages[5].html) == ("", "")
    assert Member.objects.get(person=bob).read_seq == 8
    # Posting continues from there, and catch-up finds everything once.
    assert say(bob, room).seq == 13
    room.refresh_from_db()
    assert len(catching_up.since(room, 1).fragments) == 2 + 13
