"""Signal receivers: addresses are confirmed, accounts deleted; the workspace changes; people come and go."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from django.contrib.admin.models import LogEntry
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models.signals import post_save
from django.http import HttpRequest

from chat.actions import arrive, ensure_person
from chat.models import Person
from chat.signals import person_left
from chat.views.last_room import remember_room, remembered_room
from hypertalk.accounts.branding import memory
from hypertalk.accounts.models import User, Workspace


def connect() -> None:
    person_left.connect(_erase_user, dispatch_uid="accounts.erase_user")
    email_confirmed.connect(_let_in, dispatch_uid="accounts.let_in")
    post_save.connect(memory.forget, sender=Workspace, dispatch_uid="accounts.branding")
    user_logged_out.connect(_note_last_room, dispatch_uid="accounts.note_last_room")
    user_logged_in.connect(_lead_back, dispatch_uid="accounts.lead_back")


def _note_last_room(request: HttpRequest, user: User | None, **_: Any) -> None:
    """The room they are in now: another browser may be the next one that they use."""
    person: Person | None = getattr(user, "person", None)
    if person is not None and (room := remembered_room(request, person)):
        # Nothing is written back into an account that was just deleted.
        User.objects.filter(pk=person.user_id, person__left_at=None).update(last_room=room)


def _lead_back(request: HttpRequest, user: User, **_: Any) -> None:
    if user.last_room is not None:
        remember_room(request, user.last_room)


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
    user.last_login = user.last_room = None
    user.save()
    # The admin's log contains the user's former address.
    journal = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(user), object_id=str(user.pk)
    )
    journal.update(object_repr=str(user))
