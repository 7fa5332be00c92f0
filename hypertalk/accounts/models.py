"""The user, with only what sign-in needs, and the workspace: its name and picture, and the sign-up rules."""

from __future__ import annotations

import hashlib
import re
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.text.cleaning import clean_line
from hypertalk.accounts.managers import UserManager, plain_email

NAME_LIMIT = 60  # characters of the workspace's name
DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


class User(AbstractBaseUser, PermissionsMixin):
    """Identified by their email address, in lower case. Names belong to the chat's person.

    ``last_room`` is the room they were in when they last signed out.
    """

    email = models.EmailField(
        _("email"),
        max_length=254,
        unique=True,
        error_messages={"unique": _("There is already an account with this address.")},
    )
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("Can sign in. Turn off instead of deleting.")
    )
    is_staff = models.BooleanField(_("staff"), default=False, help_text=_("Can open the administration."))
    date_joined = models.DateTimeField(_("joined"), default=timezone.now, editable=False)
    last_room = models.UUIDField(null=True, editable=False)

    objects: ClassVar[UserManager[User]] = UserManager()  # type: ignore[assignment]

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        # The plain unique index serves look-ups; this one also covers rows written without save().
        constraints = (models.UniqueConstraint(Lower("email"), name="user_email_any_case"),)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = plain_email(self.email)
        super().save(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        self.email = plain_email(self.email)

    def get_full_name(self) -> str:
        """Empty: the name people chose is ``person.display_name``."""
        return ""

    def get_short_name(self) -> str:
        """The part of the address before the @, for logs and the admin."""
        return self.email.partition("@")[0]


class Workspace(models.Model):
    """One row, created with the first account: its name and picture, and the sign-up rules.

    ``webp`` is the picture after ``chat.media.pictures``, and ``picture`` its digest, which is in its address.
    """

    class Signup(models.TextChoices):
        ANYONE = "anyone", _("Anyone")
        DOMAIN = "domain", _("Anyone with an email address at one domain")
        INVITED = "invited", _("Invited people only")

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    signup = models.CharField(
        _("who can create an account"), max_length=8, choices=Signup, default=Signup.ANYONE
    )
    domain = models.CharField(
        _("email domain"), max_length=253, blank=True, help_text=_("For example example.com, without an @.")
    )
    name = models.CharField(_("name"), max_length=NAME_LIMIT, blank=True, default="", db_default="")
    picture = models.CharField(max_length=16, blank=True, default="", db_default="", editable=False)
    webp = models.BinaryField(null=True)
    begun_at = models.DateTimeField(_("set up"), default=timezone.now, editable=False)

    class Meta:
        # The names of before stay in the database: the previous release reads it too, and backups name tables.
        db_table = "accounts_installation"
        verbose_name = verbose_name_plural = _("workspace")
        constraints = (
            models.CheckConstraint(condition=models.Q(id=1), name="installation_once"),
            models.CheckConstraint(
                condition=~models.Q(signup="domain") | ~models.Q(domain=""), name="installation_domain_named"
            ),
        )

    def __str__(self) -> str:
        return self.name or str(_("Workspace"))

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name = clean_line(self.name)
        self.domain = plain_domain(self.domain)
        super().save(*args, **kwargs)

    def clean(self) -> None:
        self.domain = plain_domain(self.domain)
        if self.signup == self.Signup.DOMAIN and not DOMAIN.fullmatch(self.domain):
            raise ValidationError({"domain": _("Enter a domain, such as example.com.")})

    @classmethod
    def current(cls) -> Workspace:
        """The row without the bytes of its picture, or the defaults if there is none. One query."""
        return cls._default_manager.defer("webp").first() or cls()

    def show(self, webp: bytes) -> None:
        """Take this picture, or none if it is empty."""
        self.webp = webp or None
        self.picture = hashlib.sha256(webp).hexdigest()[:16] if webp else ""

    def welcomes(self, email: str) -> bool:
        """Whether this address may sign up without an invitation."""
        if self.signup == self.Signup.DOMAIN:
            return plain_domain(email.rpartition("@")[2]) == self.domain
        return self.signup == self.Signup.ANYONE

    def check_domain(self, email: str) -> None:
        """Raises ValidationError if sign-up is for one domain, and this address is of another."""
        if self.signup == self.Signup.DOMAIN and not self.welcomes(email):
            raise ValidationError(
                _("Use an email address that ends in @%(domain)s."), params={"domain": self.domain}
            )


def plain_domain(domain: str) -> str:
    return domain.strip().lstrip("@").lower()
