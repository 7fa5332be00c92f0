"""The layer between network and application: which client headers to trust, and the limit on request bodies."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from hypertalk.env import Network
from hypertalk.server.client_address import client_address

type Scope = (
    Any  # a mapping in the ASGI specification; the typed dicts of asgiref can't be copied with changes
)
type Receive = Any
type Send = Callable[[Any], Awaitable[None]]
type Application = Callable[[Any, Any, Any], Awaitable[None]]

BODY_LIMIT = 1024 * 1024  # bytes; a message is at most 10,000 characters, percent-encoded 120,000

# Accepted from a trusted proxy only and then passed on, so that its log and ours use the same id for a request.
_TRACE = b"x-request-id"

_FORWARDED = {
    b"x-forwarded-for",
    b"x-forwarded-proto",
    b"x-forwarded-host",
    b"x-forwarded-port",
    b"forwarded",
}


class Edge:
    """ASGI middleware. Forwarded headers count only from a trusted proxy, and are never passed to the application.

    ``root_path`` is always empty: Daphne takes it from a header that any client can send.
    """

    def __init__(self, application: Application, *, trusted: Sequence[Network]) -> None:
        self.application = application
        self.trusted = trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in {"http", "websocket"}:
            scope = self._believed(scope)
        if scope["type"] == "http" and _announced(scope["headers"]) > BODY_LIMIT:
            await _refuse(send)
            return
        await self.application(scope, receive, send)

    def _believed(self, scope: Scope) -> Scope:
        headers = scope["headers"]
        peer, port = (scope.get("client") or ("", 0))[:2]
        forwarded = b",".join(value for name, value in headers if name == b"x-forwarded-for").decode("latin1")
        address = client_address(peer, forwarded, self.trusted)
        by_proxy = client_address(peer, "203.0.113.1", self.trusted) != peer
        dropped = _FORWARDED if by_proxy else _FORWARDED | {_TRACE}
        believed = {
            **scope,
            "headers": [header for header in headers if header[0] not in dropped and not _holds_nul(header)],
            "client": [address, port],
            "root_path": "",
        }
        protocol = next((value for name, value in headers if name == b"x-forwarded-proto"), b"")
        if by_proxy and protocol in {b"https", b"http"}:
            believed["scheme"] = {
                "http": protocol.decode(),
                "websocket": "wss" if protocol == b"https" else "ws",
            }[scope["type"]]
        return believed


def _holds_nul(header: tuple[bytes, bytes]) -> bool:
    r"""Whether the header contains a NUL, or a cookie an escaped one (``\000``): PostgreSQL answers that with an error."""
    return b"\0" in header[1] or (header[0] == b"cookie" and rb"\000" in header[1])


def _announced(headers: Iterable[tuple[bytes, bytes]]) -> int:
    """Size of the body by Content-Length. ``server.py`` also cuts off longer bodies; this is for other servers."""
    value = next((value for name, value in headers if name == b"content-length"), b"0")
    return int(value) if value.isdigit() else BODY_LIMIT + 1


async def _refuse(send: Send) -> None:
    body = b"This is larger than the server takes."
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
