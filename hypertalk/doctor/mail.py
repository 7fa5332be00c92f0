"""The mail server: reachable, encrypted, and accepting our sign-in. A mail is sent only on request."""

import smtplib
import ssl
from collections.abc import Iterator
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, mailers

from hypertalk import env
from hypertalk.doctor.findings import PATIENCE, Finding, Options, failure, ok, warning
from hypertalk.logs.errors import describe


def check(options: Options) -> Iterator[Finding]:
    if not env.sends_mail():
        yield warning(
            "mail.configured",
            "No mail server is configured: people can't reset passwords, confirm addresses or be invited by email.",
            "Set EMAIL_URL and EMAIL_FROM, or ignore this if you invite people by link.",
        )
        return
    yield from _sender()
    # The mailer from EMAIL_URL, as in the settings, with a shorter timeout.
    mailer: Any = mailers["default"]
    mailer.timeout = PATIENCE
    try:
        mailer.open()
        mailer.connection.ehlo()
    except (smtplib.SMTPException, ssl.SSLError, OSError) as error:
        yield failure("mail.server", f"{mailer.host}:{mailer.port} {_reason(error)}.", _remedy(error))
        return
    yield ok("mail.server", f"{mailer.host}:{mailer.port} accepts the connection and the sign-in.")
    try:
        if options.send_mail_to:
            yield _send(mailer, options.send_mail_to)
    finally:
        mailer.close()


def _sender() -> Iterator[Finding]:
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    if "." not in address.partition("@")[2]:
        yield warning(
            "mail.sender",
            f"Emails are sent from {address or 'nobody'}, which mail servers will reject.",
            "Set EMAIL_FROM, such as 'hypertalk <talk@example.com>', to an address your mail server can send from.",
        )


def _send(mailer: Any, to: str) -> Finding:
    mail = EmailMessage("hypertalk test email", "This is the test email of manage.py doctor.", to=[to])
    try:
        mailer.send_messages([mail])
    except (smtplib.SMTPException, OSError) as error:
        return failure(
            "mail.sent", f"The mail server refused the email to {to}: it {_reason(error)}.", _remedy(error)
        )
    return ok(
        "mail.sent",
        f"The mail server accepted the email to {to}. Check that it arrives and is not marked as spam.",
    )


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
            return "closes the connection"
        case TimeoutError():
            return "does not answer"
        case _:
            return f"can't be used: {describe(error)}"


def _remedy(error: Exception) -> str:
    match error:
        case smtplib.SMTPAuthenticationError():
            return "Correct the user and password in EMAIL_URL; percent-encode special characters."
        case smtplib.SMTPSenderRefused() | smtplib.SMTPRecipientsRefused():
            return "Set EMAIL_FROM to an address this server can send from, and check its log."
        case ssl.SSLError():
            return "Use smtps:// for port 465 and smtp:// for 587, and the host name in the server's certificate."
        case smtplib.SMTPConnectError() | smtplib.SMTPHeloError():
            return "Ask the administrator of the mail server why it refuses this machine."
        case _:
            return "Check that EMAIL_URL has the server's name and port, and that no firewall blocks outgoing connections."
