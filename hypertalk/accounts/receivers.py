"""Signal receivers: an address is confirmed, or an account is deleted in the chat."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models

from chat.actions import arrive, ensure_person
from chat.models import Person
from chat.signals import person_left
from hypertalk.accounts.models import User


def connect() -> None:
    person_left.connect(_erase_user, dispatch_uid="accounts.erase_user")
    email_confirmed.connect(_let_in, dispatch_uid="accounts.let_in")


def _let_in(email_address: EmailAddress, **_: Any) -> None:
    """Accept the invitations of a new account. A user who has signed in before only changed their address."""
    if email_address.user.last_login is None:
        arrive(ensure_person(email_address.user))


def _erase_user(person: Person, **_: Any) -> None:
    """Delete address, rights and second factors; the row stays, since messages refer to it.

    Sessions have no index by user. They are invalid: the password hash that they contain has changed.
    """
    user = User.objects.get(pk=person.user_id)
    for relation in User._meta.related_objects:  # noqa: SLF001 - documented
        rows: type[models.Model] = relation.related_model
        if rows.__module__.startswith("allauth."):
            rows._default_manager.filter(**{relation.field.name: user}).delete()  # noqa: SLF001 - documented
    user.groups.clear()
    user.user_permissions.clear()
    user.email = f"former-{user.pk}@former.invalid"  # a domain that never exists (RFC 2606)
    user.is_staff = user.is_superuser = False
    user.last_login = None
    user.save()
    # The admin's log contains the user's former address.
    journal = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(user), object_id=str(user.pk)
    )
    journal.update(object_repr=str(user))
