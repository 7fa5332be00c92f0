"""Describes an exception and where it came from, without data that its message may contain."""

import traceback
from pathlib import Path
from smtplib import SMTPRecipientsRefused, SMTPResponseException
from typing import Any

import psycopg
from django.db import OperationalError
from django.template import TemplateDoesNotExist
from redis.exceptions import ConnectionError as RedisAway
from redis.exceptions import TimeoutError as RedisSlow

# Messages of these name hosts, files and identifiers only. Other messages may quote data: a database quotes the row
# that it refuses, ``int`` the text that is no number.
FRANK: tuple[type[BaseException], ...] = (
    AttributeError,
    ImportError,
    NameError,
    NotImplementedError,
    OperationalError,
    OSError,
    psycopg.OperationalError,
    RedisAway,
    RedisSlow,
    TemplateDoesNotExist,
    TypeError,
)
# Messages of mail servers may contain recipients.
QUOTES_ADDRESSES = (SMTPRecipientsRefused, SMTPResponseException)
DEPTH = 12  # innermost frames of a traceback
CHAIN = 4  # exceptions, each the cause of the one before

_ROOT = Path(__file__).resolve().parent.parent.parent


def describe(error: BaseException) -> str:
    """Returns ``IntegrityError 23505 chat_message_pkey``; for types in ``FRANK`` with the first line of the message."""
    parts = [type(error).__name__, *_of_database(error), *_of_mail(error)]
    if isinstance(error, FRANK) and not isinstance(error, QUOTES_ADDRESSES):
        first = str(error).partition("\n")[0].strip()
        if first:
            parts.append(f"({first[:200]})")
    return " ".join(parts)


def _of_database(error: BaseException) -> list[str]:
    """PostgreSQL's error code and the constraint's name; both contain no data."""
    cause: Any = error if isinstance(error, psycopg.Error) else error.__cause__
    if not isinstance(cause, psycopg.Error):
        return []
    return [word for word in (cause.sqlstate, cause.diag.constraint_name) if word]


def _of_mail(error: BaseException) -> list[str]:
    """The status codes of a mail server's answer."""
    if isinstance(error, SMTPRecipientsRefused):
        return [str(code) for code in sorted({code for code, _ in error.recipients.values()})]
    return [str(error.smtp_code)] if isinstance(error, SMTPResponseException) else []


def chain(error: BaseException) -> list[BaseException]:
    """The exception, its cause, the cause's cause, and so on."""
    found: list[BaseException] = []
    at: BaseException | None = error
    while at is not None and len(found) < CHAIN and at not in found:
        found.append(at)
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)
    return found


def where(error: BaseException) -> list[str]:
    """The frames it came through, innermost first: ``chat/actions/posting.py:40 post_messages``."""
    frames = traceback.extract_tb(error.__traceback__)[-DEPTH:]
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in reversed(frames)]


def _short(file: str) -> str:
    path = Path(file)
    if "site-packages" in path.parts:
        return str(Path(*path.parts[path.parts.index("site-packages") + 1 :]))
    return str(path.relative_to(_ROOT)) if path.is_relative_to(_ROOT) else path.name
