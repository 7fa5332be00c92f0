"""The people whom a person blocked."""

from chat import actions
from chat.models import Block
from tests.support.personal_data import World

KIND = "blocks"


def arrange(world: World) -> None:
    actions.block_person(world.bob, world.alice.pk)
    actions.block_person(world.alice, world.bob.pk)


def check_left(world: World) -> None:
    """Her page still hides his messages."""
    assert Block.objects.get().person == world.alice
