"""What allauth asks of the deployment."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from hypertalk.accounts.models import Installation

SAID_BY_THE_PAGE = ("logged_in.txt", "logged_out.txt", "email_confirmation_sent.txt")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that ``hypertalk.edge`` found to believe; forwarded headers do not get this far.

        A socket file has none, and a scope (``%eth0``) is no part of what can be kept.
        """
        return str(request.META.get("REMOTE_ADDR", "")).partition("%")[0] or "0.0.0.0"  # noqa: S104 - nobody listens here

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return Installation.current().signup != Installation.Signup.CLOSED

    def clean_email(self, email: str) -> str:
        """Also when somebody changes theirs: a domain that may come in is one that may stay."""
        cleaned: str = super().clean_email(email)
        installation = Installation.current()
        if installation.signup == Installation.Signup.DOMAIN and not installation.welcomes(cleaned):
            raise ValidationError(
                _("Accounts here need an address that ends in @%(domain)s.") % {"domain": installation.domain}
            )
        return cleaned

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Of two who both confirm an address, the first has it."""
        try:
            with transaction.atomic():
                return bool(super().confirm_email(request, email_address))
        except IntegrityError:
            failed = "account/messages/email_confirmation_failed.txt"
            self.add_message(request, messages.ERROR, failed, {"email": email_address.email})
            return False

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """Without "You have signed in" and "A mail was sent": the page that follows says it."""
        if message_template and message_template.endswith(SAID_BY_THE_PAGE):
            return
        super().add_message(request, level, message_template, *args, **kwargs)
