"""The place as browsers reach it (``--url``), through whatever stands before it. No account is needed."""

import http.client
import json
import ssl
from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.urls import reverse

from chat.live.access import SIGNED_OUT
from hypertalk.doctor.findings import Asked, Finding, failure, ok, warning
from hypertalk.doctor.http_client import Answer, knock, request
from hypertalk.logs.errors import said
from hypertalk.probes.middleware import HEALTH
from hypertalk.server.edge import BODY_LIMIT

_CADDYFILE = "deploy/Caddyfile does it right."


def check(asked: Asked) -> Iterator[Finding]:
    """Reachable, healthy, and knowing its own scheme and name."""
    url = urlsplit(asked.url)
    if not asked.url:
        yield ok("proxy.reachable", "The way through the proxy was not asked about (--url https://…).")
        return
    if url.scheme not in {"http", "https"} or not url.hostname:
        yield failure("proxy.reachable", "The address is none.", "Give it as --url https://talk.example.com.")
        return
    try:
        answer = request(url, HEALTH)
    except ssl.SSLCertVerificationError as error:
        yield failure(
            "proxy.reachable",
            f"The certificate of {url.hostname} does not hold: {error.verify_message}.",
            "See the proxy's log for why it got no certificate; ports 80 and 443 must be open to all.",
        )
        return
    except (OSError, http.client.HTTPException) as error:
        yield failure(
            "proxy.reachable",
            f"{asked.url} does not answer: {said(error)}.",
            "See that the name leads to this machine, that the proxy runs, and that ports 80 and 443 are open.",
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
            f"Something else answers for hypertalk, with {answer.status}.",
            "Start manage.py serve, and let the proxy pass everything on to it, /healthz/ too. " + _CADDYFILE,
        )
    if status == "ok":
        return ok(name, "The place answers through the proxy.")
    if status == "degraded":
        return warning(
            name, "The server answers, and does not reach its Redis.", "See what is said of Redis."
        )
    return failure(
        name, "The server answers, and does not reach its database.", "See what is said of the database."
    )


def _scheme(url: SplitResult) -> Finding:
    """Whether it knows that people came by TLS, and under which name: else redirects, cookies and forms go wrong."""
    name = "proxy.scheme"
    page = request(url, reverse("account_login"))
    if (
        page.status in {301, 302, 307, 308}
        and urlsplit(page.first("location")).scheme == "https" == url.scheme
    ):
        return failure(
            name,
            "The server does not know that people come by TLS: each page leads to itself without end.",
            "Let the proxy set X-Forwarded-Proto, and put its address into TRUSTED_PROXIES. " + _CADDYFILE,
        )
    if page.status == 400:
        return failure(
            name,
            f"The server does not answer to {url.netloc}.",
            "Add the name to ALLOWED_HOSTS, and let the proxy pass the Host header on. " + _CADDYFILE,
        )
    if page.status == 200 and url.scheme == "https" and not _takes_forms(url, page):
        return failure(
            name,
            "Forms are refused (403): the server takes the address for another than the browser does.",
            "Let the proxy pass Host and X-Forwarded-Proto on, and put its address into TRUSTED_PROXIES. "
            + _CADDYFILE,
        )
    if url.scheme == "https" and any("secure" not in cookie.lower() for cookie in page.all("set-cookie")):
        return warning(
            name, "Cookies would also go over plain HTTP.", "Unset HTTPS_ONLY, which is 1 by default."
        )
    return ok(name, "The server knows by which address people come.")


def _takes_forms(url: SplitResult, page: Answer) -> bool:
    """An empty sign-in is answered with the form again, unless what protects forms mistakes where it came from."""
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


def check_socket(asked: Asked) -> Iterator[Finding]:
    """A signed-out person's socket is accepted and closed with our own code: so it came all the way and back."""
    url = urlsplit(asked.url)
    if not url.hostname:
        return
    name = "proxy.socket"
    path = reverse("chat:rooms").removesuffix("rooms/") + "live/"
    try:
        found = knock(url, path, origin=f"{url.scheme}://{url.netloc}")
    except (OSError, ValueError) as error:
        yield failure(
            name, f"A WebSocket can't be opened: {said(error)}.", "See what is said of the address."
        )
        return
    if found.code == SIGNED_OUT:
        yield ok(name, "A WebSocket goes through the proxy and back.")
    elif found.accepted and found.silent:
        yield failure(
            name,
            "The proxy opens WebSockets and keeps back what comes over them.",
            "Switch its buffering off for /live/. " + _CADDYFILE,
        )
    elif found.accepted:
        yield failure(
            name,
            f"A WebSocket opens and ends with {found.code or 'no word'} where {SIGNED_OUT} was expected.",
            "See that the proxy's time-outs for WebSockets are longer than a few seconds. " + _CADDYFILE,
        )
    elif found.status == 403:
        yield failure(
            name,
            "The server refuses WebSockets: Host and Origin differ.",
            "Let the proxy pass the Host header on as it came, and name the host in ALLOWED_HOSTS.",
        )
    else:
        how = f"answers {found.status}" if found.status else "does not answer"
        yield failure(
            name,
            f"The proxy swallows WebSockets: it {how} where it should switch protocols (101).",
            "Let it pass on Upgrade and Connection over HTTP/1.1 for /live/. " + _CADDYFILE,
        )


def check_bodies(asked: Asked) -> Iterator[Finding]:
    """What people may send gets through, and what is larger is refused before it fills a disk."""
    url = urlsplit(asked.url)
    if not url.hostname:
        return
    try:
        usual = request(url, HEALTH, method="POST", body=b"x" * (BODY_LIMIT * 9 // 10)).status
    except (OSError, http.client.HTTPException):
        return  # said above
    try:
        large = request(url, HEALTH, method="POST", body=b"x" * (BODY_LIMIT * 3 // 2)).status
    except (OSError, http.client.HTTPException):
        large = 413  # cut off
    if usual == 413:
        yield failure(
            "proxy.bodies",
            "The proxy refuses bodies of less than a megabyte, and pictures are that large.",
            "Let it take 1 MiB. " + _CADDYFILE,
        )
    elif large in {413, 502}:
        yield ok("proxy.bodies", "Bodies of up to a megabyte get through, larger ones are refused.")
    else:
        yield warning(
            "proxy.bodies",
            f"A body past the limit is answered {large}.",
            "Let the proxy cap bodies at 1 MiB.",
        )
