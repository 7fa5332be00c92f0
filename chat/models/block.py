"""Blocks: people whose messages a person does not want to read."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from chat.models.person import Person


class Block(models.Model):
    """Private to ``person``: the blocked person is never told."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="blocks")
    blocked = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("block")
        verbose_name_plural = _("blocks")
        constraints = (
            models.UniqueConstraint(fields=["person", "blocked"], name="block_once"),
            models.CheckConstraint(condition=~Q(person=F("blocked")), name="block_somebody_else"),
        )

    def __str__(self) -> str:
        return f"{self.person} · {self.blocked}"
