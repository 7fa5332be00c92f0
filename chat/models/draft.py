"""Drafts: text that a person typed into a room and has not sent."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from chat.models.person import Person
from chat.models.room import Room


def state_of(typed_at: datetime | None) -> str:
    """The identifier of a draft typed at this time; empty for none. Opaque to clients."""
    return "" if typed_at is None else f"{typed_at.timestamp():.6f}"


class Draft(models.Model):
    """Private to ``person``. ``typed_at`` identifies a state of the draft; of two states, the later one wins."""

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
