"""Mails of the chat: plain text, one connection for all that go out at once."""

import logging
from collections.abc import Callable, Sequence
from smtplib import SMTPRecipientsRefused

from django.core.mail import EmailMessage, mailers
from django.template.loader import render_to_string

from chat.models import Invitation

logger = logging.getLogger(__name__)


def mails_go_out() -> bool:
    """Whether a mail reaches anybody. The console's reach the log, and a token must not stand there."""
    backend = str(mailers.settings.get("default", {}).get("BACKEND", ""))
    return not backend.endswith(("console.EmailBackend", "dummy.EmailBackend"))


def send_invitations(
    invitations: Sequence[Invitation], link_of: Callable[[Invitation], str], place: str
) -> list[Invitation]:
    """Those whose mail did not go out. ``place``: what to call this place, its host. After the commit, never within.

    An address that is refused keeps nobody else's from going out; a mail server that does not answer is not asked again.
    """
    failed: list[Invitation] = []
    mailer = mailers.default
    try:
        for n, invitation in enumerate(invitations):
            try:
                mailer.send_messages([_mail(invitation, link_of(invitation), place)])
            except SMTPRecipientsRefused:
                failed.append(invitation)
            except OSError:  # smtplib's own are among them
                logger.warning("invitation emails could not be sent", exc_info=True)
                return failed + list(invitations[n:])
    finally:
        mailer.close()
    return failed


def _mail(invitation: Invitation, link: str, place: str) -> EmailMessage:
    context = {"invitation": invitation, "link": link, "place": place}
    subject = render_to_string("chat/invitations/email_subject.txt", context)
    body = render_to_string("chat/invitations/email_message.txt", context)
    return EmailMessage(" ".join(subject.split()), body, to=[invitation.email])
