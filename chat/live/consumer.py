"""One socket: who sits there, what they may hear, and the little they may say."""

import logging
import time
from typing import Any, cast
from urllib.parse import parse_qs
from uuid import UUID

from channels.consumer import get_handler_name
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY

from chat.actions import Draft, ensure_person, mark_read
from chat.errors import ChatError
from chat.live import notices
from chat.live.frames import Frame
from chat.live.gathering import current_gathering
from chat.live.hub import NOT_YOURS, current_hub
from chat.live.rendering import message_html
from chat.live.requests import Post, parse
from chat.live.sockets import Socket
from chat.live.standing import DEACTIVATED, SIGNED_OUT, Credentials
from chat.models import Person

BAD_FRAME = 4400
FRAMES_A_WINDOW, WINDOW_SECONDS = 100, 10.0  # beside the posts that are allowed, and as many in vain

logger = logging.getLogger(__name__)


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

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:  # also when something failed, or the server cancelled it: nobody tells of a disconnect then
            if self.socket is not None:
                current_hub().leave(self.socket)

    async def connect(self) -> None:
        shows = self._shown_room()
        if shows == "":
            return await self._refuse(NOT_YOURS)
        session, user = self.scope["session"], self.scope["user"]
        if user is None or not user.is_authenticated:
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

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """What ``requests.parse`` knows. Anything else, too large or too often, closes the socket."""
        asked = parse(text_data) if self._in_time() else None
        if asked is None or self.socket is None or self.socket.closed or self.person is None:
            return self._close(BAD_FRAME)
        if self.socket.shows is None:
            return None
        room = UUID(self.socket.shows)
        if isinstance(asked, Post):
            return await self._post(self.socket, Draft(self.person, room, asked.id, asked.body))
        try:
            await database_sync_to_async(mark_read)(self.person, room, asked.seq)
        except ChatError:
            pass  # no longer theirs: the hub is about to tell them
        except Exception:  # the database is away: the next reading says it again
            logger.warning("a reading could not be kept", exc_info=True)
        return None

    async def _post(self, socket: Socket, draft: Draft) -> None:
        """Keep it, and tell the sender what became of it. The message itself comes to them like to all others."""
        try:
            posted = await current_gathering().post(draft)
        except ChatError as error:
            socket.send(notices.refused(draft.id, error))
        except Exception:  # the database is away, say: the sender tries again, with the same id
            logger.exception("a post could not be kept")
            socket.send(notices.failed(draft.id))
        else:
            if not posted.created:  # it was told long ago, and perhaps not heard
                socket.send(Frame(message_html(posted.message).strip()))
            socket.send(notices.posted(draft.id, posted.message.version))

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
        posts, seconds = settings.CHAT_POST_LIMIT
        return self.frames <= FRAMES_A_WINDOW + 2 * posts * max(1, WINDOW_SECONDS / seconds)

    async def _refuse(self, code: int) -> None:
        """Accept and close: a browser shows a refused handshake as 1006, and would come back for ever."""
        await self.accept()
        await self.close(code)

    def _close(self, code: int) -> None:
        if self.socket is not None:
            self.socket.close(code)
