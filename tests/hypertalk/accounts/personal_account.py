"""What the account knows besides the address, which is in the profile."""

from typing import Any

from hypertalk.accounts.models import User
from tests.support.personal_data import World

KIND = "account"


def arrange(world: World) -> None:
    User.objects.filter(pk=world.bob.user_id).update(last_room=world.room.pk)


def check_export(world: World, found: Any) -> None:
    assert found.keys() == {"joined", "last_signed_in", "last_room"}
    assert found["last_room"] == str(world.room.pk)
    assert found["joined"]


def check_left(world: World) -> None:
    user = User.objects.get(pk=world.bob.user_id)
    assert (user.last_room, user.last_login) == (None, None)
