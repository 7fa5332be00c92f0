"""A person's profile."""

from typing import Any

from chat import actions
from chat.models import Member, Person
from tests.support.personal_data import OTHERS, World

KIND = "profile"
SAID = {
    "pronouns": "he",
    "about": "Здравейте",
    "time_zone": "Asia/Bangkok",
    "language": "bg",
    "theme": "dark",
}


def arrange(world: World) -> None:
    actions.edit_profile(world.bob, SAID)
    actions.order_rooms(world.bob, "activity")
    actions.edit_profile(world.alice, {"about": OTHERS})


def check_export(_world: World, found: Any) -> None:
    own = {"display_name": "Bob", "username": "bob", "email": "bob@example.com", "role": "member"}
    assert found == {**own, **SAID, "room_order": "activity"}


def check_left(world: World) -> None:
    bob = Person.objects.select_related("user").get(pk=world.bob.pk)
    assert {getattr(bob, name) for name in (*SAID, "display_name", "picture")} == {"", "system"}
    assert bob.username == f"former-{bob.pk}"
    assert bob.room_order == "name"
    assert bob.left_at is not None
    assert not bob.user.is_active
    assert not bob.user.has_usable_password()
    assert not Member.objects.filter(person=bob, active=True).exists()
