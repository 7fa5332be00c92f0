"""Creates and finds users, ignoring upper and lower case of their email addresses."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import transaction

from hypertalk.accounts.addresses import vouch_for


class UserManager[User: AbstractBaseUser](BaseUserManager[User]):
    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create a user with this password, or without one: then they can sign in only after a password reset.

        Their address counts as confirmed: only people who sign up themselves must confirm it.
        """
        if not email.strip():
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=email, **fields)
        user.set_password(password)
        with transaction.atomic(using=self._db):
            user.save(using=self._db)
            vouch_for(user)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, **{"is_staff": True, "is_superuser": True, **fields})

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=plain_email(username or ""))

    async def aget_by_natural_key(self, username: str | None) -> User:
        return await self.aget(email=plain_email(username or ""))


def plain_email(email: str) -> str:
    """The stored form of an address, in lower case. Mailboxes never differ in case alone."""
    return email.strip().lower()
