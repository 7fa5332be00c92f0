"""Jobs that send email, so that no request waits for a mail server."""

from smtplib import SMTPRecipientsRefused
from uuid import UUID

from django.core.mail import EmailMessage
from django.tasks import task
from django.utils import translation

from chat.actions import note_refused_mail
from chat.invitations.mailing import invitation_mail
from chat.jobs.queue import GiveUp
from chat.models import Invitation


class AddressRefused(GiveUp):
    """The mail server permanently rejects this address."""


def deliver(mail: EmailMessage) -> None:
    """Send an email to one address. Raises AddressRefused, and OSError (includes smtplib's) if a retry may work."""
    try:
        mail.send()
    except SMTPRecipientsRefused as refused:
        codes = {code for code, _ in refused.recipients.values()}
        if codes and min(codes) >= 500:
            raise AddressRefused(", ".join(map(str, sorted(codes)))) from None
        raise


@task
def mail_invitation(invitation_id: str, address: str, language: str) -> None:
    """``address`` is the URL of the page below which invitations are, with the public host.

    Neither the token nor the email is in the queue: both are made here, if the invitation is still usable.
    """
    usable = Invitation.objects.usable().select_related("room", "invited_by")
    invitation = usable.filter(pk=UUID(invitation_id)).first()
    if invitation is None:
        return
    with translation.override(language):
        mail = invitation_mail(invitation, address)
    try:
        deliver(mail)
    except AddressRefused:
        note_refused_mail(invitation.pk)
