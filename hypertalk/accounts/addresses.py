"""Email addresses, which allauth stores beside the user: one per account, and whether it is confirmed."""

from typing import Any

from allauth.account import app_settings
from allauth.account.app_settings import EmailVerificationMethod
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import QuerySet


def _addresses() -> Any:
    """Manager of allauth's model. It is looked up late: it refers to the users, whose manager needs this module."""
    return apps.get_model("account", "EmailAddress").objects


def asks_for_confirmation() -> bool:
    """Whether a new address must be confirmed by a link in a mail."""
    return bool(app_settings.EMAIL_VERIFICATION == EmailVerificationMethod.MANDATORY)


def awaited() -> QuerySet[Any, Any]:
    """Users who signed up and have not opened the link in the mail yet: nobody knows whether the address is theirs."""
    rows: QuerySet[Any, Any] = _addresses().filter(primary=True, verified=False)
    unconfirmed = rows.values("user")
    return unconfirmed if asks_for_confirmation() else unconfirmed.none()


def vouch_for(user: AbstractBaseUser) -> None:
    """Mark a user's address as confirmed, and delete any other of theirs.

    This is for accounts created by somebody else, and for those from before mail was set up: they could not confirm
    then, and setting up mail must not lock them out.
    """
    email = getattr(user, user.get_email_field_name())
    _addresses().filter(user_id=user.pk).exclude(email=email).delete()
    _addresses().update_or_create(user_id=user.pk, email=email, defaults={"verified": True, "primary": True})


def let_go_of_wishes(email: str) -> None:
    """Delete unconfirmed requests to change to this address: nobody loses anything."""
    _addresses().filter(email=email, verified=False).exclude(user__email=email).delete()


def is_taken(email: str) -> bool:
    return get_user_model()._default_manager.filter(email=email).exists()  # noqa: SLF001 - documented
