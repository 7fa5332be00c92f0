"""What stands between the network and the application: whom to believe about the client, and how much may come in."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from hypertalk.env import Network
from hypertalk.server.client_address import client_address

type Scope = (
    Any  # a mapping by the ASGI specification; the typed dicts of asgiref can't be copied with changes
)
type Receive = Any
type Send = Callable[[Any], Awaitable[None]]
type Application = Callable[[Any, Any, Any], Awaitable[None]]

BODY_LIMIT = 1024 * 1024  # bytes; a message is at most 10,000 characters, percent-encoded 120,000

# Believed of a trusted proxy alone, and then let through: what its log and ours call the same request.
_TRACE = b"x-request-id"

_FORWARDED = {
    b"x-forwarded-for",
    b"x-forwarded-proto",
    b"x-forwarded-host",
    b"x-forwarded-port",
    b"forwarded",
}


class Edge:
    """ASGI middleware. Forwarded headers count only from a trusted proxy, and never reach what is inside.

    Nor does a path to be mounted at: Daphne takes it from a header that anybody can send.
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
        kept = [header for header in headers if header[0] not in dropped and not _holds_nul(header)]
        believed = {**scope, "headers": kept, "client": [address, port], "root_path": ""}
        protocol = next((value for name, value in headers if name == b"x-forwarded-proto"), b"")
        if by_proxy and protocol in {b"https", b"http"}:
            believed["scheme"] = {
                "http": protocol.decode(),
                "websocket": "wss" if protocol == b"https" else "ws",
            }[scope["type"]]
        return believed


def _holds_nul(header: tuple[bytes, bytes]) -> bool:
    r"""Whether there is a NUL in it, or in a cookie a quoted one, ``\000``: PostgreSQL answers that with an error."""
    return b"\0" in header[1] or (header[0] == b"cookie" and rb"\000" in header[1])


def _announced(headers: Iterable[tuple[bytes, bytes]]) -> int:
    """Bytes of the body, as announced. ``server.py`` cuts off what is longer than the limit; this is for other servers."""
    value = next((value for name, value in headers if name == b"content-length"), b"0")
    return int(value) if value.isdigit() else BODY_LIMIT + 1


async def _refuse(send: Send) -> None:
    body = b"This is larger than the server takes."
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
