"""Who was invited, and by whom."""

from chat import actions
from chat.models import Invitation
from tests.support.personal_data import World

KIND = "invitations"


def arrange(world: World) -> None:
    other = actions.create_room(world.alice, name="other", topic="", kind="closed")
    actions.invite_email(world.alice, other.pk, "bob@example.com")


def check_left(world: World) -> None:
    waiting = Invitation.objects.get()
    assert waiting.email == f"former-{world.bob.pk}@former.invalid"
    assert not waiting.is_link  # for nobody any more, and not for anyone who has it
    assert waiting.revoked_at
