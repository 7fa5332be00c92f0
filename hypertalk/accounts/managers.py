"""Making and finding users, whatever the letters' case of their e-mail."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import transaction

from hypertalk.accounts.addresses import vouch_for


class UserManager[User: AbstractBaseUser](BaseUserManager[User]):
    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A user with this password; without one, a user who can sign in only after a password reset.

        Whoever makes them vouches for the address: it is asked of those alone who sign up themselves.
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
    """The one spelling an address is kept in. Nobody tells two mailboxes apart by case alone."""
    return email.strip().lower()
