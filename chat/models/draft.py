"""What somebody has half-typed into a room."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from chat.models.person import Person
from chat.models.room import Room


def state_of(typed_at: datetime | None) -> str:
    """The name of a draft as it was typed then; empty for none. Opaque to whoever gets it."""
    return "" if typed_at is None else f"{typed_at.timestamp():.6f}"


class Draft(models.Model):
    """``person``'s alone to know of. ``typed_at`` tells one state of it from every other: of two, the later one holds."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="drafts")
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="+")
    body = models.TextField()
    typed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints = (models.UniqueConstraint(fields=["person", "room"], name="draft_once"),)

    def __str__(self) -> str:
        return f"{self.person} · {self.room}"
