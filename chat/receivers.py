"""Receivers of signals from the rest of the project: changed accounts and ended sessions.

These are hints for speed: sockets are revoked within a second, whatever the cause (sign-out, password change, the
admin). The hub's heartbeat checks the database anyway.
"""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models.signals import post_delete, post_save
from django.utils import timezone

from chat.events.publishing import publish
from chat.events.rendering import session_digest
from chat.events.types import AccountChanged, SessionEnded


def connect() -> None:
    post_save.connect(_user_saved, sender=get_user_model(), dispatch_uid="chat.user_saved")
    store = import_module(settings.SESSION_ENGINE).SessionStore
    if hasattr(store, "get_model_class"):
        post_delete.connect(
            _session_deleted, sender=store.get_model_class(), dispatch_uid="chat.session_deleted"
        )


def _user_saved(instance: Any, created: bool, update_fields: frozenset[str] | None, **_: Any) -> None:
    """``Any``: the user model is the project's. Signing in saves only ``last_login``, which is ignored here."""
    if not created and (update_fields is None or {"password", "is_active"} & update_fields):
        publish(AccountChanged(str(instance.pk)))


def _session_deleted(instance: Any, **_: Any) -> None:
    if instance.expire_date > timezone.now():
        publish(SessionEnded(session_digest(instance.session_key)))
