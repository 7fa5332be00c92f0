"""The mail server: greets us, encrypts, and lets us in. Nothing is sent, unless that is asked for."""

import smtplib
import ssl
from collections.abc import Iterator
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, mailers

from hypertalk import env
from hypertalk.doctor.findings import PATIENCE, Asked, Finding, failure, ok, warning
from hypertalk.logs.errors import said


def check(asked: Asked) -> Iterator[Finding]:
    if not env.sends_mail():
        yield warning(
            "mail.configured",
            "There is no mail server: nobody can reset a password, confirm an address or be invited by mail.",
            "Set EMAIL_URL and EMAIL_FROM, or leave it so if people are invited by link.",
        )
        return
    yield from _sender()
    # The one of EMAIL_URL, as the settings have it, with less patience.
    mailer: Any = mailers["default"]
    mailer.timeout = PATIENCE
    try:
        mailer.open()
        mailer.connection.ehlo()
    except (smtplib.SMTPException, ssl.SSLError, OSError) as error:
        yield failure("mail.server", f"{mailer.host}:{mailer.port} {_reason(error)}.", _remedy(error))
        return
    yield ok("mail.server", f"{mailer.host}:{mailer.port} lets us in.")
    try:
        if asked.send_mail_to:
            yield _send(mailer, asked.send_mail_to)
    finally:
        mailer.close()


def _sender() -> Iterator[Finding]:
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    if "." not in address.partition("@")[2]:
        yield warning(
            "mail.sender",
            f"Mails come from {address or 'nobody'}, which no mail server takes for real.",
            "Set EMAIL_FROM, such as 'hypertalk <talk@example.com>', to an address that your mail server may send from.",
        )


def _send(mailer: Any, to: str) -> Finding:
    mail = EmailMessage(
        "hypertalk sends mail", "This is the mail that manage.py doctor was asked to send.", to=[to]
    )
    try:
        mailer.send_messages([mail])
    except (smtplib.SMTPException, OSError) as error:
        return failure("mail.sent", f"The server took no mail to {to}: it {_reason(error)}.", _remedy(error))
    return ok("mail.sent", f"The server took a mail to {to}; see whether it arrives, and not as spam.")


def _reason(error: Exception) -> str:
    match error:
        case smtplib.SMTPResponseException():
            text = (
                error.smtp_error.decode("utf-8", "replace")
                if isinstance(error.smtp_error, bytes)
                else error.smtp_error
            )
            return f"answers {error.smtp_code} {text.splitlines()[0].strip() if text else ''}".strip().rstrip(
                "."
            )
        case smtplib.SMTPNotSupportedError():
            return "does not offer what EMAIL_URL needs (encryption or sign-in)"
        case smtplib.SMTPServerDisconnected():
            return "hangs up"
        case TimeoutError():
            return "does not answer"
        case _:
            return f"can't be used: {said(error)}"


def _remedy(error: Exception) -> str:
    match error:
        case smtplib.SMTPAuthenticationError():
            return "Correct user and password in EMAIL_URL; percent-encode what is special in them."
        case smtplib.SMTPSenderRefused() | smtplib.SMTPRecipientsRefused():
            return "Set EMAIL_FROM to an address that this server sends for, and see its log."
        case ssl.SSLError():
            return "Use smtps:// for port 465 and smtp:// for 587, and the name that is in the server's certificate."
        case smtplib.SMTPConnectError() | smtplib.SMTPHeloError():
            return "Ask the mail server's keeper why it refuses this machine."
        case _:
            return (
                "See that EMAIL_URL has the server's name and port, and that no firewall closes the way out."
            )
