"""The audit log of what owners and moderators did. Entries stay forever."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from chat.models.person import Person
from chat.models.room import Room


class AuditEntry(models.Model):
    """One action of an owner or moderator: written in the same transaction, and never changed.

    The database enforces that too (migration 0007). ``details`` holds further values of the action, by name.
    """

    class Act(models.TextChoices):
        REMOVED = "removed", _("removed from a room")
        BANNED = "banned", _("banned from a room")
        BAN_LIFTED = "ban_lifted", _("unbanned")
        SILENCED = "silenced", _("silenced")
        UNSILENCED = "unsilenced", _("unsilenced")
        ROLE = "role", _("room role changed")
        WRITING = "writing", _("who can post changed")
        RETENTION = "retention", _("retention changed")
        DELETED = "deleted", _("message deleted")
        CLOSED = "closed", _("room made private")
        ARCHIVED = "archived", _("room archived")
        RESTORED = "restored", _("room unarchived")
        DEACTIVATED = "deactivated", _("deactivated")
        REACTIVATED = "reactivated", _("reactivated")
        INVITATION = "invitation", _("invitation revoked")
        WORKSPACE_ROLE = "place_role", _("workspace role changed")
        DECIDED = "decided", _("report decided")
        UNDONE = "undone", _("decision undone")

    at = models.DateTimeField(_("time"), editable=False)
    actor = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("actor"))
    act = models.CharField(_("action"), max_length=12, choices=Act)
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("person"), null=True, blank=True
    )
    room = models.ForeignKey(
        Room, on_delete=models.PROTECT, related_name="+", verbose_name=_("room"), null=True, blank=True
    )
    message_id = models.UUIDField(_("message"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    details = models.JSONField(_("details"), default=dict, blank=True)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit log")
        indexes = (models.Index(fields=["-at"], name="audit_newest"),)

    def __str__(self) -> str:
        return f"{self.actor}: {self.get_act_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raises TypeError for an entry that already exists."""
        if not self._state.adding:
            msg = "An audit entry is never changed."
            raise TypeError(msg)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        msg = "An audit entry is never deleted."
        raise TypeError(msg)
