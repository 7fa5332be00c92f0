"""One socket: who sits there, what they may hear, and the little they may say."""

import json
import time
from typing import Any, cast
from urllib.parse import parse_qs
from uuid import UUID

from channels.consumer import get_handler_name
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.contrib.auth import HASH_SESSION_KEY

from chat.actions import ensure_person, mark_read
from chat.errors import ChatError
from chat.live.hub import NOT_YOURS, current_hub
from chat.live.sockets import Socket
from chat.live.standing import DEACTIVATED, SIGNED_OUT, Credentials
from chat.models import Person

BAD_FRAME = 4400
FRAME_LIMIT = 2000  # characters
FRAMES_A_WINDOW, WINDOW_SECONDS = 40, 10.0


class LiveConsumer(AsyncWebsocketConsumer):
    """Between the server and the hub. It has no channel of its own: the hub listens for all."""

    channel_layer_alias = None  # type: ignore[assignment]  # none, so that Channels starts no task and queue for it
    socket: Socket | None = None
    person: Person | None = None
    window_began = 0.0
    frames = 0

    async def dispatch(self, message: Any) -> None:
        """Without Channels' clean-up of database connections around each event.

        That is a hop through the thread pool, and would make frames wait for slow queries. What touches the database
        here goes through ``database_sync_to_async``, which cleans up itself.
        """
        await getattr(self, get_handler_name(message))(message)

    async def connect(self) -> None:
        shows = self._shown_room()
        if shows == "":
            return await self._refuse(NOT_YOURS)
        session, user = self.scope["session"], self.scope["user"]
        if user is None or not await database_sync_to_async(lambda: user.is_authenticated)():
            return await self._refuse(SIGNED_OUT)
        if not user.is_active:
            return await self._refuse(DEACTIVATED)
        self.person = await database_sync_to_async(ensure_person)(user)
        credentials = Credentials(str(user.pk), session.session_key or "", session.get(HASH_SESSION_KEY, ""))
        self.socket = Socket(
            person_id=self.person.pk,
            credentials=credentials,
            shows=shows,
            send=self.base_send,
            wire=cast("dict[str, Any]", self.scope.get("extensions") or {}).get("chat.wire"),
        )
        refused = await current_hub().enter(self.socket)
        if refused is not None:
            return await self._refuse(refused)
        await self.accept()
        self.socket.start()
        return None

    async def disconnect(self, code: int) -> None:
        if self.socket is not None:
            current_hub().leave(self.socket)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """``{"type": "read", "seq": int}``. Anything else, too large or too often, closes the socket."""
        message = _parse(text_data) if self._in_time() else None
        if message is None or self.socket is None or self.socket.closed:
            return await self._close(BAD_FRAME)
        if self.person is not None and self.socket.shows:
            try:
                await database_sync_to_async(mark_read)(self.person, UUID(self.socket.shows), message["seq"])
            except ChatError:
                return None  # no longer theirs: the hub is about to tell them
        return None

    def _shown_room(self) -> str | None:
        """The id asked for, None if none was, "" if it is no id."""
        given = parse_qs(self.scope["query_string"].decode("latin1")).get("room")
        if not given:
            return None
        try:
            return str(UUID(given[0]))
        except ValueError:
            return ""

    def _in_time(self) -> bool:
        now = time.monotonic()
        if now - self.window_began > WINDOW_SECONDS:
            self.window_began, self.frames = now, 0
        self.frames += 1
        return self.frames <= FRAMES_A_WINDOW

    async def _refuse(self, code: int) -> None:
        """Accept and close: a browser shows a refused handshake as 1006, and would come back for ever."""
        if self.socket is not None:
            current_hub().leave(self.socket)
            self.socket = None
        await self.accept()
        await self.close(code)

    async def _close(self, code: int) -> None:
        if self.socket is not None and not self.socket.closed:
            self.socket.close(code)


def _parse(text: str | None) -> dict[str, int] | None:
    """A well-formed ``read``, else None."""
    if text is None or len(text) > FRAME_LIMIT:
        return None
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(message, dict) or message.get("type") != "read":
        return None
    seq = message.get("seq")
    return {"seq": seq} if type(seq) is int and 0 <= seq < 2**53 else None
