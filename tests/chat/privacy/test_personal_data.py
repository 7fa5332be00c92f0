"""Every kind of personal data: what is exported, what is erased with the account, and that no kind is overlooked."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

from chat import actions
from chat.events import publishing
from chat.events.types import Event, ReadMoved
from chat.models import Draft, Person, Room
from chat.privacy.registry import PERSONAL_DATA, PersonalData, register_personal_data
from tests.conftest import client_of
from tests.support.personal_data import OTHERS, World, cases, exported

CASES = cases()
FILES = [name for name, kind in PERSONAL_DATA.items() if kind.export]


@pytest.fixture
def world(alice: Person, bob: Person, room: Room) -> World:
    return World(alice, bob, room)


@pytest.fixture
def _registry_as_before() -> Iterator[None]:
    before = dict(PERSONAL_DATA)
    yield
    PERSONAL_DATA.clear()
    PERSONAL_DATA.update(before)


def test_each_kind_has_a_case_and_each_case_a_kind() -> None:
    assert CASES.keys() == PERSONAL_DATA.keys()
    assert [name for name in PERSONAL_DATA if hasattr(CASES[name], "check_export")] == FILES


def test_no_reference_to_a_person_is_forgotten() -> None:
    """A new table with a foreign key to people belongs to a kind, which erases it or says why it stays."""
    there = {
        f"{model.__name__}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if field.related_model is Person
    }
    named = [reference for kind in PERSONAL_DATA.values() for reference in kind.references]
    assert sorted(named) == sorted(there)


def test_each_file_is_described() -> None:
    described = Path("docs/export.md").read_text()
    files = [PERSONAL_DATA[name].file for name in FILES]
    assert [line.split("`")[1] for line in described.splitlines() if line.startswith("| `")] == files


@pytest.mark.parametrize("name", FILES)
def test_it_is_taken_along_and_nothing_of_others(name: str, world: World) -> None:
    """Hazard 2."""
    CASES[name].arrange(world)
    found = exported(client_of(world.bob))
    CASES[name].check_export(world, found[PERSONAL_DATA[name].file])
    whole = json.dumps({file: str(content) for file, content in found.items()})
    assert OTHERS not in whole
    assert "alice@example.com" not in whole


@pytest.mark.parametrize("name", PERSONAL_DATA)
def test_it_leaves_with_them_or_stays_as_it_says(name: str, world: World) -> None:
    CASES[name].arrange(world)
    actions.delete_account(world.bob, with_messages=False)
    CASES[name].check_left(world)


def test_all_of_it_together_in_the_order_of_the_kinds(world: World) -> None:
    for name in FILES:
        CASES[name].arrange(world)
    assert list(exported(client_of(world.bob))) == [PERSONAL_DATA[name].file for name in FILES]


@pytest.mark.usefixtures("_registry_as_before")
def test_a_feature_registers_once_and_is_exported_erased_and_told(
    world: World, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks
) -> None:
    moods = {world.bob.pk: "cheerful", world.alice.pk: OTHERS}
    told: list[Event] = []
    monkeypatch.setattr(publishing, "_send", told.extend)

    def erase(person: Person) -> list[Event]:
        del moods[person.pk]
        return [ReadMoved(person.pk, world.room.pk, 7)]

    register_personal_data(
        "moods",
        PersonalData(
            file="moods.json",
            export=lambda person: [{"mood": moods[person.pk]}],
            erase=erase,
            stays="Nothing.",
        ),
    )
    found = exported(client_of(world.bob))
    assert list(found)[-1] == "moods.json"
    assert found["moods.json"] == [{"mood": "cheerful"}]
    with django_capture_on_commit_callbacks(execute=True):
        actions.delete_account(world.bob, with_messages=False)
    assert moods == {world.alice.pk: OTHERS}
    assert ReadMoved(world.bob.pk, world.room.pk, 7) in told


@pytest.mark.usefixtures("_registry_as_before")
def test_when_a_feature_fails_to_erase_nobody_has_left(world: World) -> None:
    def fail(_person: Person) -> list[Event]:
        raise RuntimeError

    CASES["drafts"].arrange(world)
    register_personal_data("moods", PersonalData(erase=fail))
    with pytest.raises(RuntimeError):
        actions.delete_account(world.bob, with_messages=False)
    assert Person.objects.get(pk=world.bob.pk).display_name == "Bob"
    assert Draft.objects.filter(person=world.bob).exists()


@pytest.mark.usefixtures("_registry_as_before")
def test_a_kind_is_registered_once_and_says_what_becomes_of_it() -> None:
    with pytest.raises(ValueError, match="drafts"):
        register_personal_data("drafts", PersonalData(stays="A second one."))
    with pytest.raises(ValueError, match="its file is"):
        register_personal_data(
            "moods", PersonalData(file="drafts.json", export=lambda _person: [], stays="For ever.")
        )
    with pytest.raises(TypeError, match="why the data remains"):
        PersonalData(references=("Mood.person",))
    with pytest.raises(TypeError, match="both file and export"):
        PersonalData(file="moods.json", stays="For ever.")
