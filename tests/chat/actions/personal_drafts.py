"""What somebody has half-typed."""

from datetime import timedelta
from typing import Any

from chat.actions.drafting import save_draft
from chat.models import Draft
from tests.support.personal_data import OTHERS, World

KIND = "drafts"


def arrange(world: World) -> None:
    save_draft(world.bob, world.room.pk, "Half a", age=timedelta())
    save_draft(world.alice, world.room.pk, OTHERS, age=timedelta())


def check_export(world: World, found: Any) -> None:
    (row,) = found
    assert (row.pop("room"), row.pop("text")) == (str(world.room.pk), "Half a")
    assert set(row) == {"typed"}


def check_left(world: World) -> None:
    assert Draft.objects.get().person == world.alice
