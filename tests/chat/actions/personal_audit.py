"""What moderators did to a person."""

from datetime import timedelta

from chat import actions
from chat.models import AuditEntry, Member
from tests.support.personal_data import OTHERS, World

KIND = "audit entries"


def arrange(world: World) -> None:
    member = Member.objects.get(room=world.room, person=world.bob)
    actions.silence_member(world.alice, world.room.pk, member.pk, timedelta(days=1), OTHERS)


def check_left(world: World) -> None:
    assert (AuditEntry.objects.get().person, AuditEntry.objects.get().reason) == (world.bob, OTHERS)
