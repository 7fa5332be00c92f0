"""The workspace as browsers reach it (``--url``), through any proxy. No account is needed."""

import http.client
import json
import ssl
from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.urls import reverse

from chat.live.access import SIGNED_OUT
from hypertalk.doctor.findings import Finding, Options, failure, ok, warning
from hypertalk.doctor.http_client import Answer, open_socket, request
from hypertalk.logs.errors import describe
from hypertalk.probes.middleware import HEALTH
from hypertalk.server.edge import BODY_LIMIT

_CADDYFILE = "See deploy/Caddyfile for an example."


def check(options: Options) -> Iterator[Finding]:
    """Check that it is reachable and healthy, and knows its own scheme and host."""
    url = urlsplit(options.url)
    if not options.url:
        yield ok("proxy.reachable", "The proxy was not checked (use --url https://…).")
        return
    if url.scheme not in {"http", "https"} or not url.hostname:
        yield failure(
            "proxy.reachable", "This is not a valid address.", "Write it like --url https://talk.example.com."
        )
        return
    try:
        answer = request(url, HEALTH)
    except ssl.SSLCertVerificationError as error:
        yield failure(
            "proxy.reachable",
            f"The certificate of {url.hostname} is not valid: {error.verify_message}.",
            "Check the proxy's log for certificate errors; ports 80 and 443 must be open to everyone.",
        )
        return
    except (OSError, http.client.HTTPException) as error:
        yield failure(
            "proxy.reachable",
            f"{options.url} does not answer: {describe(error)}.",
            "Check that the name points to this machine, that the proxy runs, and that ports 80 and 443 are open.",
        )
        return
    healthy = _health(answer)
    yield healthy
    if healthy.level != "failure":
        yield _scheme(url)


def _health(answer: Answer) -> Finding:
    name = "proxy.reachable"
    try:
        status = json.loads(answer.body)["status"]
    except (ValueError, KeyError, TypeError):
        return failure(
            name,
            f"Another program answers at this address, with {answer.status}.",
            "Start manage.py serve, and let the proxy forward everything to it, including /healthz/. "
            + _CADDYFILE,
        )
    if status == "ok":
        return ok(name, "The workspace answers through the proxy.")
    if status == "degraded":
        return warning(name, "The server answers, but can't reach Redis.", "See the Redis findings.")
    return failure(name, "The server answers, but can't reach its database.", "See the database findings.")


def _scheme(url: SplitResult) -> Finding:
    """Whether the server knows its public scheme and host: otherwise redirects, cookies and forms fail."""
    name = "proxy.scheme"
    page = request(url, reverse("account_login"))
    if (
        page.status in {301, 302, 307, 308}
        and urlsplit(page.first("location")).scheme == "https" == url.scheme
    ):
        return failure(
            name,
            "The server does not know that requests come over HTTPS: every page redirects to itself.",
            "Let the proxy set X-Forwarded-Proto, and add its address to TRUSTED_PROXIES. " + _CADDYFILE,
        )
    if page.status == 400:
        return failure(
            name,
            f"The server does not accept the host name {url.netloc}.",
            "Add the name to ALLOWED_HOSTS, and let the proxy forward the Host header. " + _CADDYFILE,
        )
    if page.status == 200 and url.scheme == "https" and not _takes_forms(url, page):
        return failure(
            name,
            "Forms are refused (403): the server sees a different address than the browser.",
            "Let the proxy forward Host and X-Forwarded-Proto, and add its address to TRUSTED_PROXIES. "
            + _CADDYFILE,
        )
    if url.scheme == "https" and any("secure" not in cookie.lower() for cookie in page.all("set-cookie")):
        return warning(
            name, "Cookies are also sent over plain HTTP.", "Unset HTTPS_ONLY, which is 1 by default."
        )
    return ok(name, "The server sees the same address as the browser.")


def _takes_forms(url: SplitResult, page: Answer) -> bool:
    """An empty sign-in is answered with the form again, unless the CSRF check gets the origin wrong."""
    cookies = "; ".join(cookie.partition(";")[0] for cookie in page.all("set-cookie"))
    token = next(
        (
            cookie.partition(";")[0].partition("=")[2]
            for cookie in page.all("set-cookie")
            if cookie.startswith(f"{settings.CSRF_COOKIE_NAME}=")
        ),
        "",
    )
    headers = {
        "Cookie": cookies,
        "Origin": f"{url.scheme}://{url.netloc}",
        "X-CSRFToken": token,
        "Content-Type": "application/x-www-form-urlencoded",
    }
    return (
        request(url, reverse("account_login"), method="POST", body=b"login=", headers=headers).status != 403
    )


def check_socket(options: Options) -> Iterator[Finding]:
    """A socket without a session is accepted and closed with our own code, which proves the way there and back."""
    url = urlsplit(options.url)
    if not url.hostname:
        return
    name = "proxy.socket"
    path = reverse("chat:rooms").removesuffix("rooms/") + "live/"
    try:
        found = open_socket(url, path, origin=f"{url.scheme}://{url.netloc}")
    except (OSError, ValueError) as error:
        yield failure(
            name, f"A WebSocket can't be opened: {describe(error)}.", "See the findings about the address."
        )
        return
    if found.code == SIGNED_OUT:
        yield ok(name, "WebSockets work through the proxy.")
    elif found.accepted and found.silent:
        yield failure(
            name,
            "The proxy opens WebSockets but buffers their data.",
            "Turn off its buffering for /live/. " + _CADDYFILE,
        )
    elif found.accepted:
        yield failure(
            name,
            f"A WebSocket was closed with {found.code or 'no code'}; {SIGNED_OUT} was expected.",
            "Check that the proxy's timeouts for WebSockets are longer than a few seconds. " + _CADDYFILE,
        )
    elif found.status == 403:
        yield failure(
            name,
            "The server refuses WebSockets: Host and Origin differ.",
            "Let the proxy forward the original Host header, and add the host to ALLOWED_HOSTS.",
        )
    else:
        how = f"answers {found.status}" if found.status else "does not answer"
        yield failure(
            name,
            f"The proxy does not support WebSockets: it {how} instead of switching protocols (101).",
            "Let it forward Upgrade and Connection over HTTP/1.1 for /live/. " + _CADDYFILE,
        )


def check_bodies(options: Options) -> Iterator[Finding]:
    """Allowed bodies get through, and larger ones are refused before they fill a disk."""
    url = urlsplit(options.url)
    if not url.hostname:
        return
    try:
        usual = request(url, HEALTH, method="POST", body=b"x" * (BODY_LIMIT * 9 // 10)).status
    except (OSError, http.client.HTTPException):
        return  # reported by the check above
    try:
        large = request(url, HEALTH, method="POST", body=b"x" * (BODY_LIMIT * 3 // 2)).status
    except (OSError, http.client.HTTPException):
        large = 413  # cut off
    if usual == 413:
        yield failure(
            "proxy.bodies",
            "The proxy refuses request bodies under 1 MB; pictures can be that large.",
            "Set its limit to 1 MiB. " + _CADDYFILE,
        )
    elif large in {413, 502}:
        yield ok("proxy.bodies", "Request bodies up to 1 MB pass, larger ones are refused.")
    else:
        yield warning(
            "proxy.bodies",
            f"A request body over the limit is answered with {large}.",
            "Limit request bodies to 1 MiB in the proxy.",
        )
