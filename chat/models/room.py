"""Rooms. The lock of a room's row orders everything that happens in it."""

from __future__ import annotations

import uuid
from re import escape
from typing import Any, ClassVar

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, When
from django.utils.translation import gettext_lazy as _

from chat.models.person import Person


class RoomQuerySet(models.QuerySet["Room"]):
    def joined_by(self, person: Person) -> RoomQuerySet:
        """The rooms this person is in now."""
        return self.filter(_joined(person))

    def visible_to(self, person: Person) -> RoomQuerySet:
        """The permission boundary: rooms this person is in, and open rooms they are not banned from.

        Every other room does not exist for them.
        """
        return self.filter(Q(kind=Room.Kind.OPEN) & ~_banned(person) | _joined(person))

    def open_to(self, person: Person) -> RoomQuerySet:
        """Open rooms, not archived, that the person is not in and may join."""
        return self.filter(~_joined(person), ~_banned(person), kind=Room.Kind.OPEN, archived_at=None)

    def search(self, words: str) -> RoomQuerySet:
        """Rooms with these words in their name (names that start with them come first), then in their topic."""
        name = words.lstrip("#")
        return self.filter(Q(name__iregex=escape(name)) | Q(topic__iregex=escape(words))).order_by(
            Case(When(name__istartswith=name, then=0), When(name__iregex=escape(name), then=1), default=2),
            "name",
            "pk",
        )


def _joined(person: Person) -> Exists:
    """``Any``: members refer to rooms, so their model is looked up at run time."""
    members: Any = apps.get_model("chat", "Member").objects
    return Exists(members.current().filter(room=OuterRef("pk"), person=person))


def _banned(person: Person) -> Exists:
    bans: Any = apps.get_model("chat", "Ban").objects
    return Exists(bans.active().filter(room=OuterRef("pk"), person=person))


def workspace_days() -> int:
    """The workspace's retention in days (``CHAT_KEEP_DAYS``), 0 for no limit."""
    return int(getattr(settings, "CHAT_KEEP_DAYS", 0))


class Room(models.Model):
    """A room or a direct conversation.

    ``version`` counts changes, ``last_seq`` messages, ``epoch`` losses of access; all three rise only under the row's
    lock (``actions.locking``). ``details_version`` is the version of the last change to name, topic or settings. A
    cursor below ``floor`` points at history that has expired, or that is from before a restored backup. See
    docs/delivery.md.

    A direct conversation has no name; ``people_key`` is the digest of its exact set of people, so that each set has one
    conversation. An archived room is read-only. With ``moderators_post_only`` only owners and moderators post; the
    column keeps its older name. Other members wait ``slow_seconds`` between messages.

    Messages are retained for ``keep_days``, null for no limit. ``first_seq`` is the first retained message. The rows of
    those before it stay, and up to ``emptied_seq`` they are empty.
    """

    class Kind(models.TextChoices):
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Private")
        DIRECT = "direct", _("Direct")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.OPEN)
    name = models.CharField(_("name"), max_length=60, blank=True)
    topic = models.CharField(_("topic"), max_length=200, blank=True)
    version = models.PositiveBigIntegerField(default=0, editable=False)
    last_seq = models.PositiveBigIntegerField(default=0, editable=False)
    epoch = models.PositiveBigIntegerField(default=0, editable=False)
    floor = models.PositiveBigIntegerField(default=0, editable=False)
    details_version = models.PositiveBigIntegerField(default=0, editable=False)
    people_key = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)
    slow_seconds = models.PositiveIntegerField(_("slow mode, seconds"), default=0)
    moderators_post_only = models.BooleanField(
        _("only owners and moderators can post"), default=False, db_column="keepers_only"
    )
    keep_days = models.PositiveIntegerField(_("retention, days"), null=True, blank=True)
    first_seq = models.PositiveBigIntegerField(
        _("first available message"), default=1, db_default=1, editable=False
    )
    emptied_seq = models.PositiveBigIntegerField(default=0, db_default=0, editable=False)
    created_at = models.DateTimeField(_("created"), editable=False)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True, editable=False)

    objects: ClassVar[RoomQuerySet] = RoomQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        ordering = ("name", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(last_seq__lte=models.F("version")), name="room_seq_within_version"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["open", "closed", "direct"]), name="room_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    kind="direct", name="", topic="", people_key__isnull=False, archived_at__isnull=True
                )
                | (~Q(kind="direct") & ~Q(name="") & Q(people_key__isnull=True)),
                name="room_direct_is_its_people",
            ),
            # Names of closed rooms may repeat: refusing one would reveal a room that the person must not know
            # of.
            models.UniqueConstraint(fields=["name"], condition=Q(kind="open"), name="room_open_name_unique"),
        )

    def __str__(self) -> str:
        return self.name or str(self.pk)

    @property
    def retention_days(self) -> int | None:
        """The shorter retention of room and workspace; None for no limit."""
        return min(filter(None, (self.keep_days, workspace_days())), default=None)

    def retains(self, seq: int) -> bool:
        """Whether the room still retains this message, as ``MessageQuerySet.retained``."""
        return seq >= self.first_seq
