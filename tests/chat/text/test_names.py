"""Reserved names, and names that look like another person's."""

from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection, transaction

from chat import actions
from chat.actions.people import RESERVED, clean_username
from chat.errors import Invalid
from chat.models import Person
from chat.text.confusables import could_be_taken_for, skeleton

LIKE_ALICE = [
    "аlice",  # a Cyrillic а
    "Αlісе",  # a Greek capital, Cyrillic і, с and е
    "ALICE",
    "al\u200dice",
    "al\u2060ice",
    "A l i c e",
    "Ａｌｉｃｅ",
    "𝓐𝓵𝓲𝓬𝓮",
    "Alicé",
    "A1ice",
    "AIice",  # a capital I
    "Al\u3164ice",
]


@pytest.mark.parametrize("name", LIKE_ALICE)
def test_these_could_be_taken_for_alice(name: str) -> None:
    assert could_be_taken_for(name, "Alice")


@pytest.mark.parametrize("name", ["Alicia", "Malice", "Ali", "สมชาย", "Алиса", "Alice B."])
def test_these_could_not(name: str) -> None:
    assert not could_be_taken_for(name, "Alice")


def test_thai_vowels_and_tones_are_no_accents() -> None:
    assert not could_be_taken_for("มาลี", "มาลา")
    assert not could_be_taken_for("ป่า", "ป้า")


def test_a_name_that_nobody_can_see_is_none(alice: Person) -> None:
    for name in ("\u200d", "\u3164\u00ad", "\ufe0f\u200b"):
        with pytest.raises(Invalid):
            actions.rename_person(alice, name)


@pytest.fixture
def olga(make_person) -> Person:
    """A workspace moderator."""
    person = make_person("Olga")
    person.user.is_staff = True
    person.user.save()
    return person


@pytest.mark.parametrize("name", ["Olga", "ΟLGA", "Оlgа", "OIga", "o l g a"])
def test_nobody_takes_the_name_of_who_manages_the_workspace(olga: Person, bob: Person, name: str) -> None:
    with pytest.raises(Invalid):
        actions.rename_person(bob, name)
    bob.refresh_from_db()
    assert (bob.display_name, bob.version) == ("Bob", 1)


def test_two_members_may_have_one_name(alice: Person, bob: Person) -> None:
    assert actions.rename_person(bob, "Alice").display_name == "Alice"


def test_a_moderators_name_is_theirs_to_change_and_free_when_they_are_none(olga: Person, bob: Person) -> None:
    assert actions.rename_person(olga, "OLGA").display_name == "OLGA"
    olga.user.is_staff = False
    olga.user.save()
    assert actions.rename_person(bob, "Olga").display_name == "Olga"


def test_who_had_the_name_before_somebody_became_a_moderator_keeps_it(bob: Person, make_person) -> None:
    other = make_person("Robert")
    actions.rename_person(other, "Bob")
    other.user.is_staff = True
    other.user.save()
    assert actions.rename_person(bob, "Bob").display_name == "Bob"


@pytest.mark.parametrize(
    ("given", "username"),
    [("Alice-2", "alice-2"), (" x_y ", "x_y"), ("007", "007"), ("@alice", "alice"), ("a" * 40, "a" * 40)],
)
def test_what_can_be_a_username(given: str, username: str) -> None:
    assert clean_username(given) == username


@pytest.mark.parametrize(
    "given",
    ["", "a", "a" * 41, "a b", "ивана", "al.ice", "-alice", "a\x00b", "a\nb", "ａlice"],
)
def test_what_can_not(given: str) -> None:
    with pytest.raises(Invalid):
        clean_username(given)


@pytest.mark.parametrize("given", ["admin", "ADMIN", "everyone", "r00t", "here", "rnoderator", "supp0rt"])
def test_what_is_reserved_for_the_workspace(given: str) -> None:
    with pytest.raises(Invalid, match="is reserved"):
        clean_username(given)


def test_nobody_is_given_a_name_of_the_workspace(make_person) -> None:
    assert make_person("Admin").username == "admin-2"
    assert make_person("Everyone").username == "everyone-2"
    assert not Person.objects.filter(username__in=RESERVED).exists()


@pytest.mark.parametrize("like", ["a1ice", "ALICE"])
def test_the_database_refuses_a_username_that_looks_like_another(
    alice: Person, bob: Person, like: str
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.filter(pk=bob.pk).update(username=like)


def test_a_made_username_steps_aside_for_one_that_looks_like_it(make_person) -> None:
    assert make_person("Bob").username == "bob"
    assert make_person("B0b").username == "b0b-2"
    assert make_person("Arnold").username == "arnold"
    assert make_person("Amold").username == "amold-2"


def test_the_databases_look_is_the_skeleton(alice: Person) -> None:
    """Two forms of the same check: the constraint, and the comparison with reserved names."""
    names = ["arnold-1", "vv0w-rnm", "x_1-0", "0rn1vv", "rrnn", "vvv", "101"]
    look = next(c for c in Person._meta.constraints if c.name == "person_username_look").expressions[0]
    for name in names:
        Person.objects.filter(pk=alice.pk).update(username=name)
        assert Person.objects.annotate(look=look).get(pk=alice.pk).look == skeleton(name)


@pytest.mark.django_db(transaction=True)
def test_people_from_before_are_told_apart() -> None:
    constraint = next(c for c in Person._meta.constraints if c.name == "person_username_look")
    with connection.schema_editor() as editor:
        editor.remove_constraint(Person, constraint)
    try:
        for name in ("allce", "a1lce", "al1ce", "bob"):
            user = get_user_model()._default_manager.create_user(f"{name}@example.com")
            Person.objects.create(user=user, username=name, display_name=name)
        import_module("chat.migrations.0004_names").tell_apart(apps, None)
        names = list(Person.objects.order_by("pk").values_list("username", flat=True))
        assert names == ["allce", "a1lce-2", "al1ce-3", "bob"]
    finally:
        with connection.schema_editor() as editor:
            editor.add_constraint(Person, constraint)
