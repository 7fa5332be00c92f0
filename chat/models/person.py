"""People: what the chat stores about a user."""

from __future__ import annotations

from re import escape
from typing import ClassVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.db import models
from django.db.models import Case, Q, Value, When
from django.db.models.functions import Lower, Replace
from django.utils.module_loading import import_string
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.text.initials import initial, initials

HUES = 8
TONES = 3

# The database's version of ``chat.text.confusables.skeleton``, for the few characters that a username can
# have.
_LOOK = Replace(Replace(Lower("username"), Value("0"), Value("o")), Value("1"), Value("l"))
_LOOK = Replace(Replace(_LOOK, Value("rn"), Value("m")), Value("vv"), Value("w"))


class PersonQuerySet(models.QuerySet["Person"]):
    def arrived(self) -> PersonQuerySet:
        """Without people whose registration is pending: for everybody else they don't exist yet.

        ``CHAT_AWAITED`` is the path of a function that returns their users as a queryset. Without it nobody is pending.
        """
        awaited = getattr(settings, "CHAT_AWAITED", "")
        return self.exclude(user__in=import_string(awaited)()) if awaited else self

    def active(self) -> PersonQuerySet:
        """People who have arrived and may still sign in."""
        return self.arrived().filter(user__is_active=True)

    def search(self, words: str) -> PersonQuerySet:
        """People with these words in their name or username, with or without `@`; names that start with them come first.

        Uses regular expressions, because SQLite's LIKE ignores case only for ASCII.
        """
        words = words.lstrip("@")
        name = escape(words)
        begins = Q(display_name__iregex=f"^{name}") | Q(username__istartswith=words)
        return self.filter(Q(display_name__iregex=name) | Q(username__icontains=words)).order_by(
            Case(When(begins, then=0), default=1), "display_name", "pk"
        )

    def moderators(self) -> PersonQuerySet:
        """Owners and moderators of the workspace."""
        return self.active().filter(Q(user__is_superuser=True) | Q(user__is_staff=True))


class Person(models.Model):
    """One to one with the project's user.

    ``version`` rises with every change that the person's other pages must learn of: their set of rooms, their name,
    their invitations. ``invited_until``: no invitation is pending after this time, so pages need not query for any.
    ``picture`` is the digest of their ``Picture``, empty while initials are shown; fragments need no more of it. If
    ``language`` or ``time_zone`` is empty, the browser's language and UTC are used. ``room_order`` is that of the rooms in
    their list that are neither favourites nor archived. After a person deleted their
    account (``left_at``), only the row is left.
    """

    class WorkspaceRole(models.TextChoices):
        OWNER = "owner", _("Workspace owner")
        MODERATOR = "moderator", _("Workspace moderator")
        MEMBER = "member", _("Member")

    class Theme(models.TextChoices):
        SYSTEM = "system", _("System")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    class RoomOrder(models.TextChoices):
        NAME = "name", _("By name")
        ACTIVITY = "activity", _("By activity")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="person", verbose_name=_("user")
    )
    display_name = models.CharField(_("display name"), max_length=80, blank=True)
    username = models.SlugField(_("username"), max_length=40, unique=True)
    pronouns = models.CharField(_("pronouns"), max_length=40, blank=True)
    about = models.CharField(_("about"), max_length=300, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    language = models.CharField(_("language"), max_length=16, blank=True)
    theme = models.CharField(_("theme"), max_length=8, choices=Theme, default=Theme.SYSTEM)
    room_order = models.CharField(
        _("order of rooms"),
        max_length=8,
        choices=RoomOrder,
        default=RoomOrder.NAME,
        db_default=RoomOrder.NAME,
    )
    picture = models.CharField(max_length=16, blank=True, editable=False)
    left_at = models.DateTimeField(_("left"), null=True, blank=True, editable=False)
    version = models.PositiveBigIntegerField(_("version"), default=1)
    invited_until = models.DateTimeField(null=True, blank=True, editable=False)
    silenced_until = models.DateTimeField(_("silenced until"), null=True, blank=True, editable=False)

    objects: ClassVar[PersonQuerySet] = PersonQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = (
            models.UniqueConstraint(Lower("username"), name="person_username_any_case"),
            models.UniqueConstraint(_LOOK, name="person_username_look"),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True)
                | Q(display_name="", pronouns="", about="", picture="", time_zone="", language=""),
                name="person_left_is_empty",
            ),
        )

    def __str__(self) -> str:
        return self.called

    @property
    def called(self) -> str:
        """For pages, in the reader's language. Fragments leave the name empty, and the page's stylesheet supplies the
        words.
        """
        return self.display_name or gettext("Former member")

    @property
    def zone(self) -> ZoneInfo | None:
        """None if not set, or unknown to this machine."""
        try:
            return ZoneInfo(self.time_zone) if self.time_zone else None
        except ZoneInfoNotFoundError:
            return None

    @property
    def initials(self) -> str:
        """One or two letters for the drawn picture, or a sign. Empty for a person without a name."""
        return initials(self.display_name)

    @property
    def initial(self) -> str:
        """One letter or sign, for the smallest picture."""
        return initial(self.display_name)

    @property
    def workspace_role(self) -> WorkspaceRole:
        """Superusers own the workspace, staff moderate it. Reads ``user``: select it, or this runs a query."""
        if getattr(self.user, "is_superuser", False):
            return self.WorkspaceRole.OWNER
        return (
            self.WorkspaceRole.MODERATOR
            if getattr(self.user, "is_staff", False)
            else self.WorkspaceRole.MEMBER
        )

    @property
    def email(self) -> str:
        """The account's email address, in lower case. Reads ``user``: select it, or this runs a query."""
        return str(getattr(self.user, self.user.get_email_field_name(), "")).lower()

    @property
    def hue(self) -> int:
        """1 to ``HUES``: the colour of the drawn picture."""
        return (self.pk or 0) % HUES + 1

    @property
    def tone(self) -> int:
        """1 to ``TONES``: how the colour is used, so that people of one hue and equal initials look different."""
        return (self.pk or 0) // HUES % TONES + 1
