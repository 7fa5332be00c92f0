"""Checks the Origin of handshakes, so that pages of other sites can't open sockets."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.http.request import split_domain_port, validate_host

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asgiref.typing import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, Scope

_PORTS = {"http": "80", "https": "443"}


class SameOrigin:
    """Accepts a handshake only if its Origin equals the requested host, and that host is allowed.

    A missing, ``null`` or unreadable Origin is refused, unlike in Channels' own validators.
    """

    def __init__(self, application: "ASGI3Application") -> None:
        self.application = application

    async def __call__(
        self, scope: "Scope", receive: "ASGIReceiveCallable", send: "ASGISendCallable"
    ) -> None:
        if scope["type"] == "websocket" and _is_ours(scope["headers"]):
            await self.application(scope, receive, send)
        else:
            await WebsocketDenier()(scope, receive, send)  # type: ignore[arg-type]  # Channels adds to the scope


def _is_ours(given: "Iterable[tuple[bytes, bytes]]") -> bool:
    headers = {name: value.decode("latin1") for name, value in given}
    return same_origin(headers.get(b"origin", ""), headers.get(b"host", ""))


def same_origin(origin: str, host: str) -> bool:
    try:
        parts = urlsplit(origin)
        port = str(parts.port or _PORTS.get(parts.scheme, ""))
    except ValueError:
        return False
    domain, host_port = split_domain_port(host)
    if parts.scheme not in _PORTS or not domain or not validate_host(domain, _allowed_hosts()):
        return False
    return split_domain_port(parts.netloc)[0] == domain and port == (host_port or _PORTS[parts.scheme])


def _allowed_hosts() -> list[str]:
    """As Django does for pages: in development a project need not set any."""
    local = [".localhost", "127.0.0.1", "[::1]"]
    return settings.ALLOWED_HOSTS or (local if settings.DEBUG else [])
