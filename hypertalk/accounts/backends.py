"""Loads the signed-in user with their person."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser

from hypertalk.caching.row_cache import cached_row


class RememberedUsers(AuthenticationBackend):  # type: ignore[misc]  # allauth is untyped
    """allauth's backend, which queries the database for a user only on a cache miss."""

    def get_user(self, user_id: Any) -> AbstractBaseUser | None:
        users = get_user_model()
        read = users._default_manager.select_related("person").filter(pk=user_id).first  # noqa: SLF001 - as Django's own
        user = cached_row(users, user_id, read)
        return user if user is not None and self.user_can_authenticate(user) else None
