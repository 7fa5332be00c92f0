"""Reports of messages to the workspace moderators."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chat.models.message import Message
from chat.models.person import Person

WORDS_LIMIT = 500


class ReportQuerySet(models.QuerySet["Report"]):
    def waiting(self) -> ReportQuerySet:
        """Reports without a decision."""
        return self.filter(decided_at=None)

    def waiting_for(self, person: Person) -> ReportQuerySet:
        """Those that this person may decide (``policies.may_decide``). Runs no query for a member. Reads ``person.user``."""
        role = person.workspace_role
        if role == Person.WorkspaceRole.MEMBER:
            return self.none()
        waiting = self.waiting()
        return waiting if role == Person.WorkspaceRole.OWNER else waiting.exclude(message__author=person)


class Report(models.Model):
    """``body`` is the message as reported: the author may edit or delete it before a moderator looks."""

    class Kind(models.TextChoices):
        SPAM = "spam", _("Spam or advertising")
        ABUSE = "abuse", _("Harassment or threats")
        PRIVATE = "private", _("Private information")
        OTHER = "other", _("Something else")

    class Decision(models.TextChoices):
        DISMISSED = "dismissed", _("Dismissed")
        DELETED = "deleted", _("Message deleted")
        REMOVED = "removed", _("Author removed from the room")
        BANNED = "banned", _("Author banned from the room")
        SILENCED = "silenced", _("Author silenced for a day")
        DEACTIVATED = "deactivated", _("Author deactivated")

    message = models.ForeignKey(
        Message, on_delete=models.PROTECT, related_name="reports", verbose_name=_("message")
    )
    reporter = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="reports", verbose_name=_("reported by")
    )
    kind = models.CharField(_("reason"), max_length=8, choices=Kind)
    words = models.CharField(_("details"), max_length=WORDS_LIMIT, blank=True)
    body = models.TextField(_("reported text"), editable=False)
    created_at = models.DateTimeField(_("reported"), editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        editable=False,
    )
    decision = models.CharField(_("decision"), max_length=12, choices=Decision, blank=True)
    note = models.CharField(_("note"), max_length=WORDS_LIMIT, blank=True)

    objects: ClassVar[ReportQuerySet] = ReportQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = (
            models.UniqueConstraint(fields=["message", "reporter"], name="report_once"),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, decision="")
                | (Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(decision="")),
                name="report_decided_whole",
            ),
        )
        indexes = (models.Index(fields=["created_at"], condition=Q(decided_at=None), name="report_waiting"),)

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.message}"
