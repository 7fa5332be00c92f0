"""Typed settings from the environment. A wrong or missing one stops the start with one sentence."""

import os
import re
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

type Network = IPv4Network | IPv6Network

_RATE = re.compile(r"([1-9]\d{0,5})/([1-9]\d{0,5})s")


class WrongSetting(SystemExit):
    """Ends the process with exit code 1 and a sentence, without a traceback."""

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(f"{name} {sentence}")


def text(name: str, default: str | None = None) -> str:
    value = os.environ.get(name, "").strip() or default
    if value is None:
        raise WrongSetting(name, "is missing: set it in the environment.")
    return value


def flag(name: str, default: bool = False) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    if not value:
        return default
    raise WrongSetting(name, f"is {value!r}: it must be 1 or 0.")


def number(name: str, default: int, *, least: int = 0, most: int = 2**31) -> int:
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    if not value.isdecimal() or not least <= int(value) <= most:
        raise WrongSetting(name, f"is {value!r}: it must be a whole number from {least} to {most}.")
    return int(value)


def choice(name: str, default: str, choices: tuple[str, ...]) -> str:
    value = text(name, default)
    if value not in choices:
        raise WrongSetting(name, f"is {value!r}: it must be one of {', '.join(choices)}.")
    return value


def words(name: str, default: str | None = None) -> list[str]:
    """A comma-separated list, without empty entries."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def rates(ending: str) -> dict[str, tuple[int, int]]:
    """``POST_LIMIT=30/10s`` and all others with this ending that are rates: ``{"post": (30, 10)}``, (count, seconds)."""
    found = {name: _RATE.fullmatch(value.strip()) for name, value in os.environ.items()}
    return {
        name.removesuffix(ending).lower(): (int(rate[1]), int(rate[2]))
        for name, rate in found.items()
        if rate and name.endswith(ending)
    }


def check_rates(ending: str, known: Iterable[str]) -> None:
    """Raises WrongSetting if one of these is no rate. Other programs may have variables with this ending too."""
    for name in (f"{each.upper()}{ending}" for each in known):
        value = text(name, "")
        if value and not _RATE.fullmatch(value):
            raise WrongSetting(name, f"is {value!r}: it must look like 30/10s, thirty in ten seconds.")


def networks(name: str) -> list[Network]:
    try:
        return [ip_network(word) for word in words(name, "")]
    except ValueError as problem:
        raise WrongSetting(name, f"has an entry that is no address or network: {problem}.") from None


def url(name: str, default: str | None, schemes: set[str]) -> SplitResult:
    """A split URL whose scheme is one of ``schemes``. The value may contain a password, so no message repeats it."""
    value = urlsplit(text(name, default))
    if value.scheme not in schemes:
        raise WrongSetting(name, f"must begin with one of {', '.join(f'{s}:' for s in sorted(schemes))}")
    try:
        _ = value.port
    except ValueError:
        raise WrongSetting(name, "has a port that is no number.") from None
    return value


def secret(name: str, default: str | None) -> str:
    value = text(name, default)
    if len(value) < 32 and value != default:
        raise WrongSetting(name, "is too short: it must have at least 32 random characters.")
    return value


def sends_mail() -> bool:
    """Whether ``EMAIL_URL`` names a server. Without one, mails are printed to the console."""
    return urlsplit(text("EMAIL_URL", "console:")).scheme != "console"


def mailer(name: str, default: str) -> dict[str, Any]:
    """``smtp://user:password@host:587`` (STARTTLS), ``smtps://…:465`` or ``console:``, as an entry of ``MAILERS``."""
    parts = url(name, default, {"console", "smtp", "smtps"})
    if parts.scheme == "console":
        return {"BACKEND": "django.core.mail.backends.console.EmailBackend"}
    if not parts.hostname:
        raise WrongSetting(name, "has no host: it must look like smtp://user:password@host:587")
    implicit = parts.scheme == "smtps"
    return {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": parts.hostname,
            "port": parts.port or (465 if implicit else 587),
            "username": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "use_ssl": implicit,
            "use_tls": not implicit and parts.username is not None,
            "timeout": 10,
        },
    }
