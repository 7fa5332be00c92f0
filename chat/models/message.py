"""Messages. A deleted message is emptied; its row stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, Self
from uuid import UUID

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from chat.models.member import Member
from chat.models.person import Person
from chat.models.room import Room
from chat.text.emoji import is_few_emoji

PAGE = 40
BODY_LIMIT = 10_000
_BEYOND = 2**62  # above any seq, and within the database's integers


@dataclass(frozen=True, slots=True)
class MessageRange:
    """A range of a room's messages: ``older`` just before ``seq``, and ``newer`` from ``seq`` on."""

    seq: int
    older: int
    newer: int

    @classmethod
    def newest(cls) -> MessageRange:
        return cls(_BEYOND, PAGE, 0)

    @classmethod
    def before(cls, seq: int) -> MessageRange:
        return cls(seq, PAGE, 0)

    @classmethod
    def after(cls, seq: int) -> MessageRange:
        return cls(seq + 1, 0, PAGE)

    @classmethod
    def around(cls, seq: int) -> MessageRange:
        """``seq`` with half a page on each side."""
        return cls(seq, PAGE // 2, PAGE - PAGE // 2)


def _first_of(room_id: UUID) -> Subquery:
    """The first ``seq`` that a room retains, read once per query."""
    return Subquery(Room.objects.filter(pk=room_id).values("first_seq")[:1])


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, person: Person) -> Self:
        """Messages of the rooms this person is in. An open room shows its messages only to its members."""
        return self.retained().in_rooms_of(person)

    def visible_in(self, room_id: UUID, person: Person) -> Self:
        """Messages of this room, if the person is in it."""
        return self.retained_in(room_id).in_rooms_of(person)

    def retained(self) -> Self:
        """Messages that their room's retention has not removed."""
        return self.filter(seq__gte=F("room__first_seq"))

    def retained_in(self, room_id: UUID) -> Self:
        """Retained messages of one room.

        Use this for a range of a room: it reads the start of the room once, so the index scan begins there. With
        ``retained`` the database would scan all expired messages first.
        """
        return self.filter(room=room_id, seq__gte=_first_of(room_id))

    def in_rooms_of(self, person: Person) -> Self:
        """Retained or not."""
        mine = Member.objects.current().filter(room=OuterRef("room"), person=person)
        return self.filter(Exists(mine))

    def shown(self) -> Self:
        """With everything a fragment needs, so that rendering runs no query."""
        return self.select_related("author")

    def newest(self, limit: int = PAGE) -> list[Message]:
        """The last ``limit``, oldest first. One query."""
        return list(self.order_by("-seq")[:limit])[::-1]

    def before(self, seq: int, limit: int = PAGE) -> list[Message]:
        """The ``limit`` ones just before ``seq``, oldest first. One query."""
        return self.filter(seq__lt=seq).newest(limit)

    def after(self, seq: int, limit: int = PAGE) -> list[Message]:
        """The ``limit`` ones just after ``seq``, oldest first. One query."""
        return list(self.filter(seq__gt=seq).order_by("seq")[:limit])

    def in_range(self, wanted: MessageRange) -> list[Message]:
        """The messages of this range, oldest first. At most two queries."""
        older = self.before(wanted.seq, wanted.older) if wanted.older else []
        newer = self.after(wanted.seq - 1, wanted.newer) if wanted.newer else []
        return older + newer

    def since(self, room_id: UUID, moment: datetime) -> Self:
        """Messages of a room sent at that moment or later, oldest first.

        For a moment before the first retained message, the index scan begins at that message.
        """
        begins = Message.objects.filter(room=room_id, seq=_first_of(room_id)).values("created_at")
        sent = self.filter(room=room_id, created_at__gte=moment).filter(created_at__gte=Subquery(begins))
        return sent.order_by("created_at", "seq")


class Message(models.Model):
    """``id`` comes from the sender's browser: it is primary key, idempotency key and DOM id.

    ``html`` is rendered and sanitised once, when written. ``continues`` says that the same author wrote the previous
    message, within five minutes, so that the two are shown as one group. ``excerpt`` is one plain line for the room
    list. ``fingerprint`` is the SHA-256 of the text as first sent, so that a late retry is recognised even after an
    edit.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="messages", verbose_name=_("room"))
    author = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="messages", verbose_name=_("author")
    )
    seq = models.PositiveBigIntegerField(editable=False)
    version = models.PositiveBigIntegerField(editable=False)
    body = models.TextField(_("text"), max_length=BODY_LIMIT, blank=True)
    html = models.TextField(editable=False, blank=True)
    excerpt = models.CharField(max_length=160, editable=False, blank=True)
    fingerprint = models.CharField(max_length=64, editable=False, blank=True)
    continues = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(_("sent"), editable=False)
    edited_at = models.DateTimeField(_("edited"), null=True, blank=True, editable=False)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True, editable=False)

    # (template, value) of what features add to it, once loaded (chat/events/message_parts.py).
    parts: Sequence[tuple[str, Any]] | None = None

    objects: ClassVar[MessageQuerySet] = MessageQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = (models.Index(fields=["room", "created_at"], name="message_moment"),)
        constraints = (
            models.UniqueConstraint(fields=["room", "seq"], name="message_place"),
            models.UniqueConstraint(fields=["room", "version"], name="message_change"),
            models.CheckConstraint(
                condition=Q(deleted_at__isnull=True) | Q(body="", html="", excerpt="", fingerprint=""),
                name="message_deleted_is_empty",
            ),
        )

    @property
    def sent_at(self) -> str:
        """ISO 8601, UTC. Formatted here because template filters would take longer than the rest of the fragment."""
        return self.created_at.astimezone(UTC).isoformat(timespec="seconds")

    @property
    def sent_at_clock(self) -> str:
        """Hours and minutes, UTC. The page replaces it with the reader's local time."""
        return self.sent_at[11:16]

    @property
    def is_few_emoji(self) -> bool:
        """Whether it is shown large. From the text, not stored: messages that are there already are, too."""
        return is_few_emoji(self.body)

    def __str__(self) -> str:
        return f"{self.seq}: {self.excerpt}"
