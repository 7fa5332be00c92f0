"""Invitation emails: plain text."""

from urllib.parse import urlsplit

from django.core.mail import EmailMessage, mailers
from django.template.loader import render_to_string

from chat.branding import branding
from chat.models import Invitation


def mails_go_out() -> bool:
    """Whether emails reach anybody. The console backend writes to the log, where a token must not appear."""
    backend = str(mailers.settings.get("default", {}).get("BACKEND", ""))
    return not backend.endswith(("console.EmailBackend", "dummy.EmailBackend"))


def invitation_mail(invitation: Invitation, address: str) -> EmailMessage:
    """``address`` is the URL of the page below which invitations are. A workspace without a name goes by its host."""
    context = {
        "invitation": invitation,
        "link": f"{address}{invitation.mailed_token}/",
        "workspace": branding().name or urlsplit(address).netloc,
    }
    subject = render_to_string("chat/invitations/email_subject.txt", context)
    body = render_to_string("chat/invitations/email_message.txt", context)
    return EmailMessage(" ".join(subject.split()), body, to=[invitation.email])
