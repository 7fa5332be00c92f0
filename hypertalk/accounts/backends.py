"""Who is signed in."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser

from hypertalk.remembering import remembered


class RememberedUsers(AuthenticationBackend):  # type: ignore[misc]  # allauth is untyped
    """allauth's own, that asks the database for a user only when it does not know them."""

    def get_user(self, user_id: Any) -> AbstractBaseUser | None:
        user = remembered(get_user_model(), user_id, lambda: super(RememberedUsers, self).get_user(user_id))
        return user if user is not None and self.user_can_authenticate(user) else None
