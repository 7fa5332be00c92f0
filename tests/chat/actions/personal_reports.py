"""The reports that a person made."""

from chat import actions
from chat.models import Report
from tests.conftest import say
from tests.support.personal_data import OTHERS, World

KIND = "reports"


def arrange(world: World) -> None:
    actions.report_message(world.bob, say(world.alice, world.room, OTHERS).pk, "abuse", "She is rude")


def check_left(world: World) -> None:
    assert (Report.objects.get().reporter, Report.objects.get().words) == (world.bob, "She is rude")
