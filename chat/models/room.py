"""A room, and the row whose lock orders everything that happens in it."""

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
        """The boundary: a room one is in, or an open one. What lies outside does not exist for this person.

        Nor does a room that they are banned from.
        """
        return self.filter(Q(kind=Room.Kind.OPEN) & ~_banned(person) | _joined(person))

    def open_to(self, person: Person) -> RoomQuerySet:
        """Open rooms the person is not in yet and may join, those that are in use."""
        return self.filter(~_joined(person), ~_banned(person), kind=Room.Kind.OPEN, archived_at=None)

    def called(self, words: str) -> RoomQuerySet:
        """Those with the words in their name, first those whose name begins with them; then those with them in the topic."""
        name = words.lstrip("#")
        return self.filter(Q(name__iregex=escape(name)) | Q(topic__iregex=escape(words))).order_by(
            Case(When(name__istartswith=name, then=0), When(name__iregex=escape(name), then=1), default=2),
            "name",
            "pk",
        )


def _joined(person: Person) -> Exists:
    """``Any``: members refer to rooms, so their model is looked up where it is used."""
    members: Any = apps.get_model("chat", "Member").objects
    return Exists(members.current().filter(room=OuterRef("pk"), person=person))


def _banned(person: Person) -> Exists:
    bans: Any = apps.get_model("chat", "Ban").objects
    return Exists(bans.active().filter(room=OuterRef("pk"), person=person))


def workspace_days() -> int:
    """How long the place keeps any message (``CHAT_KEEP_DAYS``), 0 for ever."""
    return int(getattr(settings, "CHAT_KEEP_DAYS", 0))


class Room(models.Model):
    """A place to talk.

    ``version`` counts changes, ``last_seq`` messages, ``epoch`` losses of access; all three rise only under the row's
    lock (``actions.locking``). ``details_version`` is the version that last stamped name and topic. A cursor below
    ``floor`` points at history that is gone, or at that of before a restored backup. See docs/delivery.md.

    A direct conversation has no name; ``people_key`` is the digest of exactly who is in it, so that there is one for each
    set of people. In an archived room one reads, and nothing else. Where ``keepers_only`` is set only owners and
    moderators post; everybody else waits ``slow_seconds`` from one message to the next.

    Messages are kept for ``keep_days``, null for ever. ``first_seq`` is the first one that is kept; of those before it the
    rows are left, and up to ``emptied_seq`` nothing is in these any more.
    """

    class Kind(models.TextChoices):
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")
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
    keepers_only = models.BooleanField(_("only owners and moderators can post"), default=False)
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
            # Names of closed rooms may repeat: that one is taken would tell of a room one must not know of.
            models.UniqueConstraint(fields=["name"], condition=Q(kind="open"), name="room_open_name_unique"),
        )

    def __str__(self) -> str:
        return self.name or str(self.pk)

    @property
    def retention_days(self) -> int | None:
        """How long messages are kept, as the room or the place says: the shorter; None for ever."""
        return min(filter(None, (self.keep_days, workspace_days())), default=None)

    def retains(self, seq: int) -> bool:
        """Whether one of its messages is still there for anybody, as ``MessageQuerySet.retained``."""
        return seq >= self.first_seq
