"""A message: emptied when deleted, never removed."""

from __future__ import annotations

from datetime import UTC
from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from chat.models.member import Member
from chat.models.person import Person
from chat.models.room import Room

PAGE = 40
BODY_LIMIT = 10_000


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, person: Person) -> Self:
        """Messages of the rooms this person is in. An open room shows its messages only to those who joined."""
        mine = Member.objects.current().filter(room=OuterRef("room"), person=person)
        return self.filter(Exists(mine))

    def shown(self) -> Self:
        """With all a fragment needs, so that rendering runs no query."""
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

    def around(self, seq: int, limit: int = PAGE) -> list[Message]:
        """``seq`` with half a page on each side, oldest first. Two queries."""
        half = limit // 2
        return self.before(seq, half) + self.after(seq - 1, limit - half)


class Message(models.Model):
    """``id`` comes from the sender's browser: primary key, idempotency key and DOM id in one.

    ``html`` is rendered and sanitised once, when written. ``continues`` says that the same author wrote the message
    before, within five minutes, so that the two are shown as one group. ``excerpt`` is one plain line for the list of
    rooms. ``fingerprint`` is the SHA-256 of the text as first sent, so that a late repeat is known even after an edit.
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

    objects: ClassVar[MessageQuerySet] = MessageQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
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
        """ISO 8601, UTC. Not by a template's filters: they take longer than the rest of the fragment."""
        return self.created_at.astimezone(UTC).isoformat(timespec="seconds")

    @property
    def sent_at_clock(self) -> str:
        """Hours and minutes, UTC; the page puts the reader's own in its place."""
        return self.sent_at[11:16]

    def __str__(self) -> str:
        return f"{self.seq}: {self.excerpt}"
