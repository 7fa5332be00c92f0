"""What allauth asks of the deployment."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from hypertalk.accounts.models import Installation


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that ``hypertalk.edge`` found to believe; forwarded headers do not get this far."""
        return str(request.META.get("REMOTE_ADDR", ""))

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

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """Without "You have signed in": whoever just did can see it."""
        if message_template and message_template.endswith(("logged_in.txt", "logged_out.txt")):
            return
        super().add_message(request, level, message_template, *args, **kwargs)
