"""Mails of the chat: plain text."""

from urllib.parse import urlsplit

from django.core.mail import EmailMessage, mailers
from django.template.loader import render_to_string

from chat.models import Invitation


def mails_go_out() -> bool:
    """Whether a mail reaches anybody. The console's reach the log, and a token must not stand there."""
    backend = str(mailers.settings.get("default", {}).get("BACKEND", ""))
    return not backend.endswith(("console.EmailBackend", "dummy.EmailBackend"))


def invitation_mail(invitation: Invitation, address: str) -> EmailMessage:
    """``address``: of the page below which invitations are. Its host is what the mail calls the workspace."""
    context = {
        "invitation": invitation,
        "link": f"{address}{invitation.mailed_token}/",
        "place": urlsplit(address).netloc,
    }
    subject = render_to_string("chat/invitations/email_subject.txt", context)
    body = render_to_string("chat/invitations/email_message.txt", context)
    return EmailMessage(" ".join(subject.split()), body, to=[invitation.email])
