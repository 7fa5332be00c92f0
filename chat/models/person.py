"""A person: what the chat keeps of a user."""

from __future__ import annotations

import unicodedata
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

HUES = 8


class PersonQuerySet(models.QuerySet["Person"]):
    def active(self) -> PersonQuerySet:
        """Those who may still sign in."""
        return self.filter(user__is_active=True)


class Person(models.Model):
    """One to one with the project's user.

    ``version`` rises with everything that other pages of this person must learn of: the set of their rooms, their name.
    """

    class PlaceRole(models.TextChoices):
        OWNER = "owner", _("Owner of the place")
        MODERATOR = "moderator", _("Moderator of the place")
        MEMBER = "member", _("Member")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="person", verbose_name=_("user")
    )
    display_name = models.CharField(_("display name"), max_length=80)
    username = models.SlugField(_("username"), max_length=40, unique=True)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    language = models.CharField(_("language"), max_length=16, default="en")
    version = models.PositiveBigIntegerField(_("version"), default=1)
    silenced_until = models.DateTimeField(_("silenced until"), null=True, blank=True, editable=False)

    objects: ClassVar[PersonQuerySet] = PersonQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = (models.UniqueConstraint(Lower("username"), name="person_username_any_case"),)

    def __str__(self) -> str:
        return self.display_name

    @property
    def initials(self) -> str:
        """One or two letters for the drawn picture: of the first and the last word."""
        words = [word for word in self.display_name.split() if word[0].isalnum()]
        return "".join(_first_letter(word) for word in (words[:1] + words[1:][-1:])).upper() or "?"

    @property
    def place_role(self) -> PlaceRole:
        """Superusers own the place, staff moderate it. Reads ``user``: select it, or it is a query."""
        if getattr(self.user, "is_superuser", False):
            return self.PlaceRole.OWNER
        return self.PlaceRole.MODERATOR if getattr(self.user, "is_staff", False) else self.PlaceRole.MEMBER

    @property
    def hue(self) -> int:
        """1 to ``HUES``: the colour of the drawn picture."""
        return (self.pk or 0) % HUES + 1


def _first_letter(word: str) -> str:
    """The first letter that stands on its own; Thai writes some vowels before their consonant."""
    letters = [sign for sign in word if unicodedata.category(sign).startswith("L")]
    leading_vowels = "เแโใไ"
    return next((sign for sign in letters if sign not in leading_vowels), word[0])
