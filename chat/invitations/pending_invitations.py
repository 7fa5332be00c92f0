"""Pending invitations, shown above the room list."""

from chat.db.clock import clock
from chat.models import Invitation, Person


def pending_for(person: Person) -> list[Invitation]:
    """No query for people without recent invitations, which is nearly everybody; otherwise one."""
    if person.invited_until is None or person.invited_until <= clock.now():
        return []
    waiting = Invitation.objects.waiting_for(person).select_related("room", "invited_by")
    return list(waiting.order_by("created_at"))
