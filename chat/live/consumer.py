"""The ASGI consumer: does the handshake, and connects the server with the hub."""

import logging
from collections.abc import Iterable
from typing import Any, cast
from urllib.parse import parse_qs
from uuid import UUID

from channels.consumer import get_handler_name
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.http import parse_cookie

from chat.db.availability import transient
from chat.errors import Limited
from chat.limits import allow, allow_now, neighbourhood
from chat.live.access import DEACTIVATED, SIGNED_OUT
from chat.live.commands import Client
from chat.live.connections import PRIVATE, TRY_AGAIN
from chat.live.hub import NO_SUCH_ROOM, current_hub
from chat.monitoring.counters import counters
from chat.runtime.executors import COUNTS

OUTCOMES = {
    SIGNED_OUT: "signed out",
    DEACTIVATED: "deactivated",
    NO_SUCH_ROOM: "no such room",
    PRIVATE + TRY_AGAIN: "too many",
}

logger = logging.getLogger(__name__)


class LiveConsumer(AsyncWebsocketConsumer):
    """Has no channel of its own: the hub subscribes for all."""

    client: Client | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Skips what Channels does around each event: a task for a channel that does not exist, and a clean-up of
        database connections, which hops through the thread pool and makes frames wait for slow queries. Database access
        here goes through executors, which manage their connections.
        """
        self.scope, self.base_send = scope, send
        try:
            while True:
                message = await receive()
                await getattr(self, get_handler_name(message))(message)
        except StopConsumer:
            pass
        except Exception:
            counters.add("errors", "socket")
            raise
        finally:  # also after errors and when the server cancels it: then no disconnect event comes
            if self.client is not None:
                current_hub().leave(self.client.connection)

    async def connect(self) -> None:
        asked = parse_qs(self.scope["query_string"].decode("latin1"))
        shows, whose = _room_in(asked), _person_in(asked)
        if shows == "":
            return await self._refuse(NO_SUCH_ROOM)
        key = session_key_of(self.scope["headers"])
        if not key:
            return await self._refuse(SIGNED_OUT)
        if not await self._is_within_limit():
            return await self._refuse(PRIVATE + TRY_AGAIN)
        wire = cast("dict[str, Any]", self.scope.get("extensions") or {}).get("chat.wire")
        try:
            entered = await current_hub().enter(key, shows=shows, send=self.base_send, wire=wire, whose=whose)
        except Exception as error:
            if transient(error) is None:
                raise
            # All clients reconnect meanwhile, so don't log an error for each.
            return await self._refuse(PRIVATE + TRY_AGAIN, "away")
        if isinstance(entered, int):
            return await self._refuse(entered)
        self.client = Client(entered)
        counters.add("handshakes", "let in")
        await self.accept()
        entered.start()
        logger.info("a socket opened", extra=self.client.log_context())
        return None

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.client is not None:
            self.client.receive(text_data)

    async def websocket_disconnect(self, message: Any) -> None:
        """Posts sent before the connection ended are still stored, also during shutdown."""
        if self.client is not None:
            await self.client.end()
            logger.info("a socket closed with %s", message.get("code"), extra=self.client.log_context())
        raise StopConsumer

    async def _is_within_limit(self) -> bool:
        """The rate limit of opened sockets per address; the deployment configures which address to trust.

        Counted in this process while it has reserved some of the limit, otherwise off the event loop: one in sixty by
        default.
        """
        address = neighbourhood((self.scope.get("client") or ("",))[0])
        try:
            if address and not allow_now("connect", address):
                await COUNTS.run(allow, "connect", address)
        except Limited:
            return False
        return True

    async def _refuse(self, code: int, outcome: str = "") -> None:
        """Accept and close: browsers report a refused handshake as 1006, and would retry forever."""
        counters.add("handshakes", outcome or OUTCOMES[code])
        logger.info("a socket was refused with %d", code)
        await self.accept()
        await self.close(code)


def _room_in(asked: dict[str, list[str]]) -> str | None:
    """The requested room's id; None if there is none, "" if it is not a UUID."""
    given = asked.get("room")
    if not given:
        return None
    try:
        return str(UUID(given[0]))
    except ValueError:
        return ""


def _person_in(asked: dict[str, list[str]]) -> int | None:
    """The id of the page's person; None if not given, 0 (nobody) if it is not a number."""
    given = asked.get("person")
    if not given:
        return None
    return int(given[0]) if given[0].isascii() and given[0].isdecimal() and len(given[0]) <= 15 else 0


def session_key_of(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """The session key in the browser's cookies; "" if there is none."""
    cookies = "; ".join(value.decode("latin1") for name, value in headers if name == b"cookie")
    return parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME, "")
