"""The rooms that banned a person."""

from chat import actions
from chat.models import Ban, Member
from tests.support.personal_data import OTHERS, World

KIND = "bans"


def arrange(world: World) -> None:
    member = Member.objects.get(room=world.room, person=world.bob)
    actions.ban_member(world.alice, world.room.pk, member.pk, reason=OTHERS)


def check_left(world: World) -> None:
    assert Ban.objects.get().person == world.bob
