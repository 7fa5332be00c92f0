"""Settings with which the server starts, but which are unsafe or wrong in production."""

from collections.abc import Iterator

from django.conf import settings
from django.core import checks
from django.db import DatabaseError

from hypertalk.doctor.findings import Finding, Options, failure, ok, warning
from hypertalk.env import Network

# Keys that are in public files.
_KNOWN_KEYS = ("only-for-development", "to-collect-static-files", "for-tests-only", "django-insecure")
# What Django says about the key, DEBUG, HTTPS and mail is reported here, in terms of our settings.
_TOLD_BY_US = {f"security.W{number:03}" for number in (4, 8, 9, 12, 16, 18)} | {"mail.E001"}
_NEW_KEY = "python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"


def check(_options: Options) -> Iterator[Finding]:
    if settings.DEBUG:
        yield failure("settings.debug", "DEBUG is on: errors show code and settings.", "Unset DEBUG.")
    yield _key(settings.SECRET_KEY)
    yield _hosts(settings.ALLOWED_HOSTS)
    yield from _https()
    yield from _proxies(settings.TRUSTED_PROXIES)


def _key(key: str) -> Finding:
    if key.startswith(_KNOWN_KEYS):
        problem = "SECRET_KEY is publicly known"
    elif len(set(key)) < 10 or len(key) < 32:
        problem = "SECRET_KEY can be guessed"
    else:
        return ok("settings.key", "SECRET_KEY is long and random.")
    return failure(
        "settings.key",
        f"{problem}: with it, anyone can create invitations and sign in as any person.",
        f"Set a new one, as printed by {_NEW_KEY}; everyone will have to sign in again.",
    )


def _hosts(hosts: list[str]) -> Finding:
    name = "settings.hosts"
    if "*" in hosts:
        return failure(
            name,
            "ALLOWED_HOSTS is *: attackers can change the links in emails.",
            "List the host names of this workspace.",
        )
    local = {"localhost", "127.0.0.1", "[::1]", "none"}
    if not settings.DEBUG and set(hosts) <= local:
        return warning(
            name,
            f"ALLOWED_HOSTS is {', '.join(hosts)}: browsers on other machines get no answer.",
            "Add the host name of this workspace.",
        )
    return ok(name, f"Accepted host names: {', '.join(hosts)}.")


def _https() -> Iterator[Finding]:
    if settings.DEBUG or settings.SECURE_SSL_REDIRECT:
        return
    yield warning(
        "settings.https",
        "HTTPS_ONLY is 0: passwords and sessions are sent unencrypted.",
        "Put a proxy with TLS in front (docs/deploying.md) and unset HTTPS_ONLY.",
    )


def _proxies(networks: list[Network]) -> Iterator[Finding]:
    name = "settings.proxies"
    wide = [str(network) for network in networks if network.prefixlen < (8 if network.version == 4 else 32)]
    if wide:
        yield failure(
            name,
            f"TRUSTED_PROXIES has {', '.join(wide)}: anyone there can forge client addresses.",
            "List only the proxy's own address or network.",
        )
    elif networks:
        yield ok(name, f"Forwarded addresses are trusted from {', '.join(map(str, networks))}.")
    elif settings.SECURE_SSL_REDIRECT:
        yield warning(
            name,
            "TRUSTED_PROXIES is empty: behind a proxy every page would redirect to itself, and all people would "
            "share one address and its limits.",
            "Set it to the proxy's address, such as 127.0.0.1.",
        )


def check_by_django(_options: Options) -> Iterator[Finding]:
    """Django's own deployment checks."""
    try:
        messages = checks.run_checks(include_deployment_checks=True)
    except DatabaseError:  # some of them ask the database for its features
        yield warning(
            "settings.django",
            "Django's checks need the database.",
            "Fix the database findings and run doctor again.",
        )
        return
    found = [each for each in messages if each.level >= checks.WARNING and each.id not in _TOLD_BY_US]
    for message in found:
        tell = failure if message.level >= checks.ERROR else warning
        first = " ".join(str(message.msg).split()).partition(". ")[0].rstrip(".")
        yield tell(
            f"settings.{message.id}", f"Django says: {first}.", message.hint or "See docs/settings.md."
        )
    if not found:
        yield ok("settings.django", "Django's deployment checks found nothing.")
