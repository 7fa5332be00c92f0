"""Invitations into a room or into the workspace."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import ClassVar, NamedTuple

from django.core.signing import BadSignature, Signer
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.db.clock import clock
from chat.models.block import Block
from chat.models.member import MODERATOR_ROLES, Member
from chat.models.person import Person
from chat.models.room import Room

HISTORY = timedelta(days=30)


class Token(NamedTuple):
    """The content of a token. ``mailed``: it was sent only by email, so its bearer can read that mailbox."""

    invitation_id: uuid.UUID
    mailed: bool


def read_token(token: str) -> Token | None:
    """Returns None if the signature is not valid. Signatures are compared in constant time; SECRET_KEY_FALLBACKS count."""
    try:
        kind, _, hexadecimal = _signer().unsign(token).partition("-")
        return Token(uuid.UUID(hexadecimal), mailed=kind == "mail")
    except (BadSignature, ValueError):
        return None


def _signer() -> Signer:
    """Not cached: its keys come from the settings, which may change."""
    return Signer(salt="chat.invitation", sep=".")


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> InvitationQuerySet:
        """Not revoked, declined, expired or used up, judged by its own row only. Works in updates, too."""
        left = Q(most_uses=None) | Q(uses__lt=F("most_uses"))
        return self.filter(left, revoked_at=None, declined_at=None, expires_at__gt=clock.now())

    def usable(self) -> InvitationQuerySet:
        """Open, and the inviter may still invite.

        Into a room: the room is not archived, and the inviter is one of its owners or moderators. Into the workspace:
        the inviter is a workspace moderator.
        """
        inviter_moderates = Member.objects.current().filter(
            room=OuterRef("room"), person=OuterRef("invited_by"), role__in=MODERATOR_ROLES
        )
        is_workspace_moderator = Q(invited_by__user__is_staff=True) | Q(invited_by__user__is_superuser=True)
        into_workspace = Q(is_workspace_moderator, room=None, invited_by__user__is_active=True)
        return self.open().filter(into_workspace | Q(Exists(inviter_moderates), room__archived_at=None))

    def visible_to(self, person: Person) -> InvitationQuerySet:
        """Invitations of rooms this person moderates; for workspace moderators, also those into the workspace."""
        mine = Member.objects.current().filter(room=OuterRef("room"), person=person, role__in=MODERATOR_ROLES)
        visible = Q(Exists(mine))
        if person.workspace_role != Person.WorkspaceRole.MEMBER:
            visible |= Q(room=None)
        return self.filter(visible)

    def waiting_for(self, person: Person) -> InvitationQuerySet:
        """Invitations of this person into rooms they are not in yet, except from people they blocked."""
        mine = Member.objects.current().filter(room=OuterRef("room"), person=person)
        from_blocked = Block.objects.filter(person=person, blocked=OuterRef("invited_by"))
        return self.usable().filter(~Exists(mine), ~Exists(from_blocked), person=person)

    def recent(self) -> InvitationQuerySet:
        return self.filter(created_at__gt=clock.now() - HISTORY)


class Invitation(models.Model):
    """Into ``room``, or into the workspace without one. For ``person``, for the account of ``email``, or for anyone
    with the link.

    The token is not stored: it is the signed id. So a copy of the database opens nothing, and a link can be shown
    again. ``room_version`` is the room's version at creation: people who left or were removed later can't come back
    with it. ``most_uses`` of None means no limit. ``mail_refused_at``: the mail server rejected mail to ``email``.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    room = models.ForeignKey(
        Room,
        on_delete=models.PROTECT,
        related_name="invitations",
        null=True,
        blank=True,
        verbose_name=_("room"),
    )
    room_version = models.PositiveBigIntegerField(default=0, editable=False)
    invited_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="invitations_made", verbose_name=_("invited by")
    )
    person = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        related_name="invitations",
        null=True,
        blank=True,
        verbose_name=_("person"),
    )
    email = models.EmailField(_("email"), max_length=254, blank=True)
    created_at = models.DateTimeField(_("created"), editable=False)
    expires_at = models.DateTimeField(_("expires"))
    most_uses = models.PositiveIntegerField(_("maximum uses"), null=True, blank=True)
    uses = models.PositiveIntegerField(_("uses"), default=0)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    declined_at = models.DateTimeField(_("declined"), null=True, blank=True)
    mail_refused_at = models.DateTimeField(_("mail refused"), null=True, blank=True)

    objects: ClassVar[InvitationQuerySet] = InvitationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = (
            models.UniqueConstraint(
                fields=["room", "person"],
                condition=Q(person__isnull=False, uses=0, revoked_at=None, declined_at=None),
                name="invitation_person_once",
            ),
            models.CheckConstraint(
                condition=Q(person=None) | Q(room__isnull=False, email="", most_uses=1),
                name="invitation_person_to_room",
            ),
            models.CheckConstraint(
                condition=Q(most_uses=None) | Q(uses__lte=F("most_uses")), name="invitation_uses_within"
            ),
        )

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_link(self) -> bool:
        """Works for anyone who has it."""
        return self.person_id is None and not self.email

    @property
    def token(self) -> str:
        """For the invited person. Holds nothing that needs escaping in a URL."""
        return self._sign("link")

    @property
    def mailed_token(self) -> str:
        """Only for the email itself: it proves that its bearer reads the mailbox, so it must never be shown on a page."""
        return self._sign("mail")

    @property
    def ending(self) -> str:
        """Why the invitation is over, judged by its own row, in a word or two; empty while it is open."""
        if self.revoked_at:
            return gettext("Revoked")
        if self.declined_at:
            return gettext("Declined")
        if self.most_uses is not None and self.uses >= self.most_uses:
            return gettext("Accepted") if self.most_uses == 1 else gettext("No uses left")
        return gettext("Expired") if self.expires_at <= clock.now() else ""

    def _sign(self, kind: str) -> str:
        return _signer().sign(f"{kind}-{self.pk.hex}")
