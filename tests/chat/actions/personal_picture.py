"""A person's picture."""

from typing import Any

from chat import actions
from chat.models import Picture
from tests.chat.media.test_pictures import drawn
from tests.support.personal_data import World

KIND = "picture"


def arrange(world: World) -> None:
    for person in (world.bob, world.alice):
        actions.set_picture(person, drawn())


def check_export(_world: World, found: Any) -> None:
    assert found.startswith(b"RIFF")


def check_left(world: World) -> None:
    assert Picture.objects.get().person == world.alice
