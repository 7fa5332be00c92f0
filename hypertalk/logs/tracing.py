"""Gives each request and each socket its id, and writes the access log: logger ``hypertalk.access``, level INFO."""

import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from hypertalk.logs.context import marks, new_id, usable_id
from hypertalk.logs.secrets import without_secrets
from hypertalk.probes.middleware import PROBES

HEADER = b"x-request-id"

access = logging.getLogger("hypertalk.access")


class Traced:
    """ASGI middleware inside the edge, which accepts a given id from a trusted proxy only.

    A socket only gets an id here: its frames are not logged one by one.
    """

    def __init__(self, application: Callable[[Any, Any, Any], Awaitable[None]]) -> None:
        self.application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            marks.set({"socket": new_id()})
            await self.application(scope, receive, send)
        elif scope["type"] == "http":
            await self._request(scope, receive, send)
        else:
            await self.application(scope, receive, send)

    async def _request(self, scope: Any, receive: Any, send: Any) -> None:
        given = next((value for name, value in scope["headers"] if name == HEADER), b"").decode("latin1")
        request = given if usable_id(given) else new_id()
        marks.set({"request": request})
        began, status = time.monotonic(), 0  # status 0: no response was sent

        async def answer(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = [*message.get("headers", ()), (HEADER, request.encode())]
                message = {**message, "headers": headers}
            await send(message)

        try:
            await self.application(scope, receive, answer)
        finally:
            # Monitoring calls these every few seconds, for ever.
            level = logging.DEBUG if scope["path"] in PROBES else logging.INFO
            if access.isEnabledFor(level):
                _write(level, scope, status, time.monotonic() - began)


def _write(level: int, scope: Any, status: int, seconds: float) -> None:
    facts = {
        "method": scope["method"],
        "path": without_secrets(scope["path"]),
        "status": status,
        "ms": round(seconds * 1000, 1),
        "client": (scope.get("client") or ("",))[0],
    }
    access.log(level, "%(method)s %(path)s %(status)s in %(ms)s ms from %(client)s", facts, extra=facts)
