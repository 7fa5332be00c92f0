"""The rooms a person is or was in."""

from typing import Any

from chat import actions
from chat.models import Member
from tests.support.personal_data import OTHERS, World

KIND = "rooms"


def arrange(world: World) -> None:
    actions.open_direct(world.bob, [world.alice.pk])
    other = actions.create_room(world.alice, name="attic", topic="", kind="closed")
    actions.add_member(world.alice, other.pk, "bob")
    actions.remove_member(world.alice, other.pk, Member.objects.get(room=other, person=world.bob).pk)
    actions.edit_room(world.alice, other.pk, name="attic", topic=OTHERS)  # Bob may not know its newer name


def check_export(world: World, found: Any) -> None:
    direct, left = ({"kind": kind, "left": left} for kind, left in (("direct", False), ("closed", True)))
    here = {"name": "harbour", "topic": "Ships", "role": "member", "archived": None, "kind": "closed"}
    assert sorted(({**row, "id": None} for row in found), key=len) == sorted(
        [
            {**left, "id": None},
            {**direct, "with": ["Alice"], "id": None},
            {**here, "left": False, "id": None},
        ],
        key=len,
    )
    assert str(world.room.pk) in {row["id"] for row in found}


def check_left(world: World) -> None:
    assert not Member.objects.filter(person=world.bob, active=True).exists()
    assert Member.objects.filter(person=world.bob).count() == 3
