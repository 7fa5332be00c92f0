"""Actions of owners and moderators are logged in the same transaction, so neither exists without the other."""

from uuid import UUID

from django.db.models.functions import Now

from chat.models import AuditEntry, Person, Room
from chat.models.ban import REASON_LIMIT
from chat.privacy.registry import PersonalData, register_personal_data
from chat.text.cleaning import bounded_line

Act = AuditEntry.Act


def note(
    actor: Person,
    act: AuditEntry.Act,
    *,
    person: Person | None = None,
    room: Room | None = None,
    message: UUID | None = None,
    reason: str = "",
    **details: object,
) -> None:
    """Add an audit entry. ``details`` must be plain JSON. One query."""
    AuditEntry.objects.create(
        at=Now(),
        actor=actor,
        act=act,
        person=person,
        room=room,
        message_id=message,
        reason=reason,
        details=details,
    )


def clean_reason(reason: str) -> str:
    """The reason a moderator gives. Raises Invalid."""
    return bounded_line(reason, REASON_LIMIT)


register_personal_data(
    "audit entries",
    PersonalData(
        references=("AuditEntry.actor", "AuditEntry.person"),
        stays="Who did what to whom: the audit log stays forever. It no longer shows a name.",
    ),
)
