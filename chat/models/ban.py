"""Bans: people who may not come back into a room."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chat.models.person import Person
from chat.models.room import Room

REASON_LIMIT = 200


class BanQuerySet(models.QuerySet["Ban"]):
    def active(self) -> BanQuerySet:
        """Bans that were not lifted."""
        return self.filter(lifted_at=None)


class Ban(models.Model):
    """For this person the room does not exist until the ban is lifted. Created once, and lifted once."""

    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="bans", verbose_name=_("room"))
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="bans", verbose_name=_("person")
    )
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    reason = models.CharField(_("reason"), max_length=REASON_LIMIT, blank=True)
    created_at = models.DateTimeField(_("since"), editable=False)
    lifted_at = models.DateTimeField(_("unbanned"), null=True, blank=True, editable=False)

    objects: ClassVar[BanQuerySet] = BanQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("ban")
        verbose_name_plural = _("bans")
        constraints = (
            models.UniqueConstraint(
                fields=["room", "person"], condition=Q(lifted_at=None), name="ban_stands_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person} · {self.room}"
