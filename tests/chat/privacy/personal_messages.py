"""A person's messages."""

from typing import Any

from chat import actions
from chat.models import Message
from tests.conftest import say
from tests.support.personal_data import OTHERS, World

KIND = "messages"


def arrange(world: World) -> None:
    first = say(world.bob, world.room, "สวัสดี **bold**")
    actions.edit_message(world.bob, first.pk, "Edited")
    say(world.alice, world.room, OTHERS)
    actions.delete_message(world.bob, say(world.bob, world.room, "Deleted words").pk)
    say(world.bob, actions.open_direct(world.bob, [world.alice.pk]), "Between us")


def check_export(world: World, found: Any) -> None:
    assert [row["text"] for row in found] == ["Edited", "", "Between us"]
    assert [(bool(row["edited"]), bool(row["deleted"])) for row in found] == [
        (True, False),
        (False, True),
        (False, False),
    ]
    assert [row["room"] == str(world.room.pk) for row in found] == [True, True, False]
    assert set(found[0]) == {"id", "room", "text", "sent", "edited", "deleted"}


def check_left(world: World) -> None:
    """They stay, since the person did not ask to delete them."""
    assert [message.body for message in Message.objects.filter(author=world.bob).order_by("created_at")] == [
        "Edited",
        "",
        "Between us",
    ]
