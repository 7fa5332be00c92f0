"""The address of an account, which allauth keeps beside the user: one each, and whether it was confirmed."""

from typing import Any

from allauth.account import app_settings
from allauth.account.app_settings import EmailVerificationMethod
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import QuerySet


def _addresses() -> Any:
    """allauth's, looked up where they are used: they refer to the users, whose manager needs this module."""
    return apps.get_model("account", "EmailAddress").objects


def asks_for_confirmation() -> bool:
    """Whether whoever gives an address must open a link in a mail first."""
    return bool(app_settings.EMAIL_VERIFICATION == EmailVerificationMethod.MANDATORY)


def awaited() -> QuerySet[Any, Any]:
    """The users who signed up and have not opened the link in the mail yet: whose address it is, nobody knows."""
    rows: QuerySet[Any, Any] = _addresses().filter(primary=True, verified=False)
    unconfirmed = rows.values("user")
    return unconfirmed if asks_for_confirmation() else unconfirmed.none()


def vouch_for(user: AbstractBaseUser) -> None:
    """Count a user's address as confirmed, and let go of any other they had.

    For accounts that somebody made for them, and for those from before there was mail: nobody could ask them then, and
    the day that mail is set up must not lock them out.
    """
    email = getattr(user, user.get_email_field_name())
    _addresses().filter(user_id=user.pk).exclude(email=email).delete()
    _addresses().update_or_create(user_id=user.pk, email=email, defaults={"verified": True, "primary": True})


def let_go_of_wishes(email: str) -> None:
    """Forget who would like to change to this address and never confirmed it: that takes it from nobody."""
    _addresses().filter(email=email, verified=False).exclude(user__email=email).delete()


def is_taken(email: str) -> bool:
    return get_user_model()._default_manager.filter(email=email).exists()  # noqa: SLF001 - documented
