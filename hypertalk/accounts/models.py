"""The user: what is needed to sign in, and nothing of the chat."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hypertalk.accounts.managers import UserManager, plain_email


class User(AbstractBaseUser, PermissionsMixin):
    """Known by their e-mail, which is kept in small letters. Names belong to the chat's person."""

    email = models.EmailField(
        _("e-mail"),
        max_length=254,
        unique=True,
        error_messages={"unique": _("There is an account with this address.")},
    )
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("May sign in. Turn off instead of deleting.")
    )
    is_staff = models.BooleanField(_("staff"), default=False, help_text=_("May open the administration."))
    date_joined = models.DateTimeField(_("joined"), default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        # The plain unique index serves look-ups; this one holds against rows written past save().
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
        """The part of the address before the @, for logs and the administration."""
        return self.email.partition("@")[0]
