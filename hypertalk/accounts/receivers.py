"""What the accounts listen to in the chat: somebody deletes theirs."""

from typing import Any

from django.db import models

from chat.models import Person
from chat.signals import person_left
from hypertalk.accounts.models import User


def connect() -> None:
    person_left.connect(_forget_user, dispatch_uid="accounts.forget_user")


def _forget_user(person: Person, **_: Any) -> None:
    """Address, rights and second factors go; the row stays, since messages hold on to it.

    Sessions have no index by user. They open nothing any more: the password that they were made with is another.
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
