"""Members of a room: their roles, and how far they have read."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from chat.models.person import Person
from chat.models.room import Room


class MemberQuerySet(models.QuerySet["Member"]):
    def current(self) -> MemberQuerySet:
        """Members who are in the room now: they have not left, and their account is active."""
        return self.filter(active=True, person__user__is_active=True)


class Member(models.Model):
    """A person in a room. The row stays when they leave, so that catch-up can report it.

    Unread is ``room.last_seq - read_seq``, never a counter. Both numbers only rise: ``read_seq`` with what the person
    read, ``seen_seq`` with what they were shown. A direct conversation is hidden from the person's list while its last
    message is at or before ``hidden_seq``. ``muted`` and ``favourite`` say how the list shows the room; ``favourite``
    is the position among the favourites, lowest first, null for none. ``posted_at`` is the time of the person's last
    message.
    """

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        MODERATOR = "moderator", _("Moderator")
        MEMBER = "member", _("Member")

    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="members", verbose_name=_("room"))
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=12, choices=Role, default=Role.MEMBER)
    active = models.BooleanField(_("in the room"), default=True)
    joined_seq = models.PositiveBigIntegerField(default=0)
    read_seq = models.PositiveBigIntegerField(default=0)
    seen_seq = models.PositiveBigIntegerField(default=0)
    hidden_seq = models.PositiveBigIntegerField(null=True, blank=True)
    muted = models.BooleanField(_("muted"), default=False, db_default=False)
    favourite = models.PositiveIntegerField(_("position in favourites"), null=True, blank=True)
    posted_at = models.DateTimeField(null=True, blank=True, editable=False)
    silenced_until = models.DateTimeField(_("silenced until"), null=True, blank=True, editable=False)
    version = models.PositiveBigIntegerField(default=0)

    objects: ClassVar[MemberQuerySet] = MemberQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = (
            models.UniqueConstraint(fields=["room", "person"], name="member_once"),
            models.CheckConstraint(
                condition=Q(seen_seq__gte=F("joined_seq")), name="member_seen_since_joining"
            ),
            models.CheckConstraint(
                condition=Q(role__in=["owner", "moderator", "member"]), name="member_role_known"
            ),
        )
        indexes = (models.Index(fields=["room", "version"], name="member_changes"),)

    def __str__(self) -> str:
        return f"{self.person} · {self.room}"

    @property
    def current(self) -> bool:
        """Whether they are in the room now. Reads ``person.user``: select it, or this runs a query."""
        return self.active and self.person.user.is_active


MODERATOR_ROLES = frozenset({Member.Role.OWNER, Member.Role.MODERATOR})  # of a room
