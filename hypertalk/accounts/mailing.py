"""Mails of the accounts: rendered during the request, encrypted, and sent by a job."""

import base64
import json
import logging

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.tasks import task
from django.utils.crypto import salted_hmac

from chat.invitations.mailing import mails_go_out
from chat.jobs.mailing import AddressRefused, deliver
from chat.jobs.queue import GiveUp, enqueue
from hypertalk.accounts.models import User

logger = logging.getLogger(__name__)


def mails_are_sent() -> bool:
    """Whether people get their mails. While developing they are on the console."""
    return mails_go_out() or settings.DEBUG


def send_later(mail: EmailMessage, user: AbstractBaseUser | None = None) -> None:
    """Encrypt the mail: a copy of the database without ``SECRET_KEY`` reveals neither the address nor the token.

    ``user``: whose account the mail is about, if there is one. It is not sent once they have left or are deactivated.
    Without a mail server nothing is queued, since the mail would end in the log, and its link with it.
    """
    if not mails_are_sent():
        return
    html = [[each.content, each.mimetype] for each in getattr(mail, "alternatives", [])]
    content = json.dumps([str(mail.subject), str(mail.body), mail.to, html])
    enqueue(send_sealed, _seal().encrypt(content.encode()).decode(), str(user.pk) if user else "")


@task
def send_sealed(sealed: str, user_id: str = "") -> None:
    if user_id and not User.objects.filter(pk=user_id, is_active=True).exists():
        return
    try:
        subject, body, to, html = json.loads(_seal().decrypt(sealed))
    except InvalidToken:
        raise GiveUp("SECRET_KEY is another") from None
    mail = EmailMultiAlternatives(subject, body, to=to)
    for content, kind in html:
        mail.attach_alternative(content, kind)
    try:
        deliver(mail)
    except (
        AddressRefused
    ) as refused:  # nobody can mend the address of a mail; its job must not stay in the way
        logger.warning("a mail server refused the address of a mail: %s", refused)


def _seal() -> MultiFernet:
    """Not cached, since its keys come from the settings."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    made = [salted_hmac("hypertalk.accounts.mailing", "", key, algorithm="sha256").digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in made])
