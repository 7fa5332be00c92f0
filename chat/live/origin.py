"""A socket belongs to the page that opened it: other sites' pages are refused in the handshake."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.http.request import split_domain_port, validate_host

if TYPE_CHECKING:
    from asgiref.typing import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, Scope

_PORTS = {"http": "80", "https": "443"}


class SameOrigin:
    """Lets a handshake through only if its Origin is the host it came to, and that host is one of ours.

    A missing, ``null`` or unreadable Origin is refused, unlike in Channels' own validators.
    """

    def __init__(self, application: "ASGI3Application") -> None:
        self.application = application

    async def __call__(
        self, scope: "Scope", receive: "ASGIReceiveCallable", send: "ASGISendCallable"
    ) -> None:
        headers = dict(scope["headers"]) if scope["type"] == "websocket" else {}
        if same_origin(
            headers.get(b"origin", b"").decode("latin1"), headers.get(b"host", b"").decode("latin1")
        ):
            await self.application(scope, receive, send)
        else:
            await WebsocketDenier()(scope, receive, send)  # type: ignore[arg-type]  # Channels adds to the scope


def same_origin(origin: str, host: str) -> bool:
    try:
        parts = urlsplit(origin)
        port = str(parts.port or _PORTS.get(parts.scheme, ""))
    except ValueError:
        return False
    domain, host_port = split_domain_port(host)
    if parts.scheme not in _PORTS or not domain or not validate_host(domain, settings.ALLOWED_HOSTS):
        return False
    return split_domain_port(parts.netloc)[0] == domain and port == (host_port or _PORTS[parts.scheme])
