"""A user model as little like ours as Django allows: another name and key, the address in a field of another name."""

from typing import Any
from uuid import uuid4

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models


class AccountManager(BaseUserManager["Account"]):
    def create_user(self, mailbox: str, password: str, **fields: Any) -> "Account":
        account = self.model(mailbox=mailbox, **fields)
        account.set_password(password)
        account.save()
        return account


class Account(AbstractBaseUser, PermissionsMixin):
    number = models.UUIDField(primary_key=True, default=uuid4)
    mailbox = models.EmailField(unique=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)

    objects = AccountManager()

    USERNAME_FIELD = "mailbox"
    EMAIL_FIELD = "mailbox"

    class Meta:
        db_table = "their accounts"  # a name that must be quoted
