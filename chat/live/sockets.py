"""One open socket, as the hub sees it."""

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from chat.live.rendering import session_digest
from chat.live.standing import Credentials

if TYPE_CHECKING:
    from asgiref.typing import ASGISendCallable, WebSocketCloseEvent, WebSocketSendEvent

type Outgoing = "WebSocketSendEvent" | "WebSocketCloseEvent"

logger = logging.getLogger(__name__)

# What may wait for a slow reader before it is closed, to come back and catch up: frames here, bytes in the server.
WAITING_MOST = 500
BUFFERED_MOST = 1024 * 1024
# The protocol's own codes for these are 1013 and 1012; autobahn, and so Daphne, lets an application send private ones only.
TRY_AGAIN = 4013
GONE_AWAY = 4012


class Socket:
    """Who sits at it, which room it shows, and a bounded queue of what waits for it.

    ``rooms`` are those it may hear of; the hub fills it. ``stale`` says that while it was being let in
    something changed for its person, so that what was read for it must be read again. ``buffered`` tells how many bytes wait
    in the server's transport, if the server says so (see ``hypertalk/server.py``); a server whose ``send`` waits needs none.
    """

    def __init__(
        self,
        *,
        person_id: int,
        credentials: Credentials,
        shows: str | None,
        send: "ASGISendCallable",
        buffered: Callable[[], int] = lambda: 0,
    ) -> None:
        self.person_id = person_id
        self.credentials = credentials
        self.session = session_digest(credentials.session_key)
        self.shows = shows
        self.rooms: set[str] = set()
        self.person_version = 0
        self.stale = False
        self.closed = False
        self._send = send
        self._buffered = buffered
        self._waiting: asyncio.Queue[Outgoing] = asyncio.Queue(WAITING_MOST)
        self._writer: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to write. Before, frames wait: the first one out must be the beat that let the socket in."""
        self._writer = asyncio.create_task(self._write())

    def send(self, text: str) -> None:
        """Queue a frame; never waits, so that a slow reader slows nobody else."""
        self._put(cast("Outgoing", {"type": "websocket.send", "text": text}))

    def close(self, code: int) -> None:
        """Say nothing more but the reason. What still waits is dropped: it may not be theirs to hear any longer."""
        if self.closed:
            return
        self.closed = True
        while not self._waiting.empty():
            self._waiting.get_nowait()
        self._waiting.put_nowait(cast("Outgoing", {"type": "websocket.close", "code": code}))

    def stop(self) -> None:
        """The connection is gone."""
        self.closed = True
        if self._writer is not None:
            self._writer.cancel()

    def _put(self, message: Outgoing) -> None:
        if self.closed:
            return
        if self._waiting.full() or self._buffered() > BUFFERED_MOST:
            self.close(TRY_AGAIN)
        else:
            self._waiting.put_nowait(message)

    async def _write(self) -> None:
        while True:
            message = await self._waiting.get()
            try:
                await self._send(message)
            except Exception:  # each server has its own errors for a connection that is gone
                logger.debug("a socket went away while being written to", exc_info=True)
                self.closed = True
                return
            if message["type"] == "websocket.close":
                return
