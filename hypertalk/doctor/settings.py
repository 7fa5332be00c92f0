"""Settings that start, and yet are not those of a place for people."""

from collections.abc import Iterator

from django.conf import settings
from django.core import checks
from django.db import DatabaseError

from hypertalk.doctor.findings import Asked, Finding, failure, ok, warning
from hypertalk.env import Network

# Keys that stand in files everybody can read.
_KNOWN_KEYS = ("only-for-development", "to-collect-static-files", "for-tests-only", "django-insecure")
# What Django says of the key, DEBUG, HTTPS and mail is said here, in the words of our settings.
_SAID = {f"security.W{number:03}" for number in (4, 8, 9, 12, 16, 18)} | {"mail.E001"}
_NEW_KEY = "python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"


def check(_asked: Asked) -> Iterator[Finding]:
    if settings.DEBUG:
        yield failure("settings.debug", "DEBUG is on: errors show code and settings.", "Unset DEBUG.")
    yield _key(settings.SECRET_KEY)
    yield _hosts(settings.ALLOWED_HOSTS)
    yield from _https()
    yield from _proxies(settings.TRUSTED_PROXIES)


def _key(key: str) -> Finding:
    if key.startswith(_KNOWN_KEYS):
        problem = "SECRET_KEY is one that everybody can read"
    elif len(set(key)) < 10 or len(key) < 32:
        problem = "SECRET_KEY can be guessed"
    else:
        return ok("settings.key", "SECRET_KEY is long and mixed.")
    return failure(
        "settings.key",
        f"{problem}: whoever knows it can make invitations and sign in as anybody.",
        f"Set a new one, as printed by {_NEW_KEY}; everybody signs in again.",
    )


def _hosts(hosts: list[str]) -> Finding:
    name = "settings.hosts"
    if "*" in hosts:
        return failure(
            name,
            "ALLOWED_HOSTS is *: links in mails can be made to lead anywhere.",
            "Name the hosts at which people reach this place.",
        )
    local = {"localhost", "127.0.0.1", "[::1]", "none"}
    if not settings.DEBUG and set(hosts) <= local:
        return warning(
            name,
            f"ALLOWED_HOSTS is {', '.join(hosts)}: nobody else's browser gets an answer.",
            "Add the host name at which people reach this place.",
        )
    return ok(name, f"It answers to {', '.join(hosts)}.")


def _https() -> Iterator[Finding]:
    if settings.DEBUG or settings.SECURE_SSL_REDIRECT:
        return
    yield warning(
        "settings.https",
        "HTTPS_ONLY is 0: passwords and sessions cross the network for all to read.",
        "Put a proxy with TLS in front (docs/deploying.md) and unset HTTPS_ONLY.",
    )


def _proxies(networks: list[Network]) -> Iterator[Finding]:
    name = "settings.proxies"
    wide = [str(network) for network in networks if network.prefixlen < (8 if network.version == 4 else 32)]
    if wide:
        yield failure(
            name,
            f"TRUSTED_PROXIES has {', '.join(wide)}: whoever connects from there says whose address it is.",
            "Name the proxy's own address or network alone.",
        )
    elif networks:
        yield ok(name, f"Forwarded addresses are believed of {', '.join(map(str, networks))}.")
    elif settings.SECURE_SSL_REDIRECT:
        yield warning(
            name,
            "TRUSTED_PROXIES is empty: behind a proxy every page would lead to itself without end, and all people would "
            "share one address and its limits.",
            "Set it to the proxy's address, such as 127.0.0.1.",
        )


def check_by_django(_asked: Asked) -> Iterator[Finding]:
    """Django's own list for deployments."""
    try:
        messages = checks.run_checks(include_deployment_checks=True)
    except DatabaseError:  # some look at what the database can do
        yield warning(
            "settings.django", "Django's checks need the database.", "Mend what is said of it, and ask again."
        )
        return
    found = [each for each in messages if each.level >= checks.WARNING and each.id not in _SAID]
    for message in found:
        tell = failure if message.level >= checks.ERROR else warning
        first = " ".join(str(message.msg).split()).partition(". ")[0].rstrip(".")
        yield tell(
            f"settings.{message.id}", f"Django says: {first}.", message.hint or "See docs/settings.md."
        )
    if not found:
        yield ok("settings.django", "Django's checks of a deployment find nothing.")
