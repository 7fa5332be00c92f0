"""How allauth is adapted to this deployment."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core import context as allauth_context
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.sites.shortcuts import get_current_site
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from chat.branding import branding
from chat.invitations.session_invitation import invitation_in_session
from hypertalk.accounts.invited import INVITED_TO
from hypertalk.accounts.mailing import send_later
from hypertalk.accounts.managers import plain_email
from hypertalk.accounts.models import Workspace

SAID_BY_THE_PAGE = ("logged_in.txt", "logged_out.txt", "email_confirmation_sent.txt")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    def get_client_ip(self, request: HttpRequest) -> str:
        """The client's address as found by ``hypertalk.server.edge``, which drops forwarded headers.

        A Unix socket has none; a zone (``%eth0``) is removed, since the database can't store it.
        """
        return str(request.META.get("REMOTE_ADDR", "")).partition("%")[0] or "0.0.0.0"  # noqa: S104 - nothing listens there

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """In an invite-only workspace sign-up requires a valid invitation."""
        invited_only = Workspace.current().signup == Workspace.Signup.INVITED
        return not invited_only or invitation_in_session(request) is not None

    def clean_email(self, email: str) -> str:
        """Check the domain when somebody changes their address. For sign-up the form does that."""
        cleaned: str = super().clean_email(email)
        if self.request.user.is_authenticated:
            Workspace.current().check_domain(cleaned)
        return cleaned

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """If two people confirm the same address, the first one gets it."""
        try:
            with transaction.atomic():
                return bool(super().confirm_email(request, email_address))
        except IntegrityError:
            failed = "account/messages/email_confirmation_failed.txt"
            self.add_message(request, messages.ERROR, failed, {"email": email_address.email})
            return False

    def is_email_verified(self, request: HttpRequest, email: str) -> bool:
        """An invitation sent by mail proves the mailbox it was sent to; the same invitation as a link does not."""
        invited = invitation_in_session(request)
        if invited and invited.mailed and invited.invitation.email == plain_email(email):
            return True
        return bool(super().is_email_verified(request, email))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """As allauth does, but queue the mail as a job, so that no request waits for a mail server."""
        request = allauth_context.request
        known = {"request": request, "email": email, "current_site": self._site(), **context}
        send_later(self.render_mail(template_prefix, email, known), context.get("user"))

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """As allauth does, but ``send_mail`` gets the user, so that nobody is notified whose account has ended."""
        super().send_notification_mail(template_prefix, user, {"user": user, **(context or {})}, email)

    def format_email_subject(self, subject: str) -> str:
        return f"[{self._site().name}] {subject}"

    def _site(self) -> Any:
        """The host, by the workspace's name if it has one."""
        site = get_current_site(allauth_context.request)
        site.name = branding().name or site.name
        return site

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        """Redirect to the room of the invitation."""
        return str(request.session.pop(INVITED_TO, "") or super().get_signup_redirect_url(request))

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """Drop "You have signed in" and "A mail was sent": the next page says so."""
        if message_template and message_template.endswith(SAID_BY_THE_PAGE):
            return
        super().add_message(request, level, message_template, *args, **kwargs)
