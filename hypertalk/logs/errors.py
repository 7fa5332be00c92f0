"""What an exception was and where it came from, without the data that its own words may repeat."""

import traceback
from pathlib import Path
from smtplib import SMTPRecipientsRefused, SMTPResponseException
from typing import Any

import psycopg
from django.db import OperationalError
from django.template import TemplateDoesNotExist
from redis.exceptions import ConnectionError as RedisAway
from redis.exceptions import TimeoutError as RedisSlow

# These speak of the machinery: hosts, files, names in the code. All others may quote what they choked on: a database
# names the row that it refuses, ``int`` the text that is no number.
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
# Mail servers repeat whom a mail was for.
QUOTES_ADDRESSES = (SMTPRecipientsRefused, SMTPResponseException)
DEPTH = 12  # places of a traceback, the innermost
CHAIN = 4  # exceptions that led to each other

_HOUSE = Path(__file__).resolve().parent.parent.parent


def said(error: BaseException) -> str:
    """``IntegrityError 23505 chat_message_pkey``; only what a frank one says is repeated, and of that one line."""
    parts = [type(error).__name__, *_of_database(error), *_of_mail(error)]
    if isinstance(error, FRANK) and not isinstance(error, QUOTES_ADDRESSES):
        first = str(error).partition("\n")[0].strip()
        if first:
            parts.append(f"({first[:200]})")
    return " ".join(parts)


def _of_database(error: BaseException) -> list[str]:
    """The code of what PostgreSQL refused, and the constraint: names of ours."""
    cause: Any = error if isinstance(error, psycopg.Error) else error.__cause__
    if not isinstance(cause, psycopg.Error):
        return []
    return [word for word in (cause.sqlstate, cause.diag.constraint_name) if word]


def _of_mail(error: BaseException) -> list[str]:
    """The codes that a mail server answered with."""
    if isinstance(error, SMTPRecipientsRefused):
        return [str(code) for code in sorted({code for code, _ in error.recipients.values()})]
    return [str(error.smtp_code)] if isinstance(error, SMTPResponseException) else []


def chain(error: BaseException) -> list[BaseException]:
    """It, what caused it, what caused that."""
    found: list[BaseException] = []
    at: BaseException | None = error
    while at is not None and len(found) < CHAIN and at not in found:
        found.append(at)
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)
    return found


def where(error: BaseException) -> list[str]:
    """The places it came through, innermost first: ``chat/actions/posting.py:40 post_messages``."""
    frames = traceback.extract_tb(error.__traceback__)[-DEPTH:]
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in reversed(frames)]


def _short(file: str) -> str:
    path = Path(file)
    if "site-packages" in path.parts:
        return str(Path(*path.parts[path.parts.index("site-packages") + 1 :]))
    return str(path.relative_to(_HOUSE)) if path.is_relative_to(_HOUSE) else path.name
