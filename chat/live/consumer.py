"""One socket: who sits there, what they may hear, and the little they may say."""

import asyncio
import logging
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, cast
from urllib.parse import parse_qs
from uuid import UUID

from channels.consumer import get_handler_name
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.http import parse_cookie

from chat.actions import Posting, mark_read
from chat.db.availability import transient
from chat.errors import ChatError, Limited
from chat.events.rendering import message_html
from chat.limits import allow, allow_now, neighbourhood
from chat.live import outgoing
from chat.live.access import DEACTIVATED, SIGNED_OUT
from chat.live.connections import PRIVATE, TRY_AGAIN, Socket
from chat.live.frames import Frame
from chat.live.hub import NOT_YOURS, current_hub
from chat.live.incoming import Post, Read, Seen, SocketRateLimit, parse
from chat.live.post_batcher import current_post_batcher, write
from chat.live.sampling import seen
from chat.models import Person
from chat.monitoring.counters import counters
from chat.runtime.executors import COUNTS

BAD_FRAME = 4400
OUTCOMES = {
    SIGNED_OUT: "signed out",
    DEACTIVATED: "deactivated",
    NOT_YOURS: "no such room",
    PRIVATE + TRY_AGAIN: "too many",
}
READ_AGAIN = 5  # seconds
POSTS_IN_HAND = 100  # of one socket, while the database keeps it waiting

logger = logging.getLogger(__name__)


class LiveConsumer(AsyncWebsocketConsumer):
    """Between the server and the hub. It has no channel of its own: the hub listens for all."""

    socket: Socket | None = None
    reading: asyncio.Task[None] | None = None
    read_to = -1

    def __init__(self) -> None:
        super().__init__()
        self.pace = SocketRateLimit()
        self.posting: set[asyncio.Task[None]] = set()
        self.left = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Without what Channels puts around each event: a task for a channel that is not there, and a clean-up of
        database connections, which hops through the thread pool and makes frames wait for slow queries. What touches
        the database here goes through lanes, which look after their connections.
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
        finally:  # also when something failed, or the server cancelled it: nobody tells of a disconnect then
            if self.socket is not None:
                current_hub().leave(self.socket)

    async def connect(self) -> None:
        asked = parse_qs(self.scope["query_string"].decode("latin1"))
        shows, whose = _room_in(asked), _person_in(asked)
        if shows == "":
            return await self._refuse(NOT_YOURS)
        key = session_key_of(self.scope["headers"])
        if not key:
            return await self._refuse(SIGNED_OUT)
        if not await self._may_knock():
            return await self._refuse(PRIVATE + TRY_AGAIN)
        wire = cast("dict[str, Any]", self.scope.get("extensions") or {}).get("chat.wire")
        try:
            entered = await current_hub().enter(key, shows=shows, send=self.base_send, wire=wire, whose=whose)
        except Exception as error:
            if transient(error) is None:
                raise
            # They all come again meanwhile: no error for each.
            return await self._refuse(PRIVATE + TRY_AGAIN, "away")
        if isinstance(entered, int):
            return await self._refuse(entered)
        self.socket = entered
        counters.add("handshakes", "let in")
        await self.accept()
        self.socket.start()
        logger.info("a socket opened", extra=self._log_context())
        return None

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """What ``requests.parse`` knows. Anything else, too large or too often, closes the socket.

        Nothing is waited for here, so that what comes is counted as it comes.
        """
        asked = parse(text_data)
        socket = self.socket
        if socket is None or socket.closed:
            pass
        elif asked is None or not self.pace.allows(asked):
            counters.add("closed", "bad frame")
            socket.close(BAD_FRAME)
        elif isinstance(asked, Seen):
            seen(socket, asked.number)
        elif socket.shows is not None:
            self._take(asked, socket, UUID(socket.shows))

    def _take(self, asked: Read | Post, socket: Socket, room: UUID) -> None:
        if isinstance(asked, Read):
            self.read_to = max(self.read_to, asked.seq)
            if self.reading is None:
                self.reading = asyncio.create_task(self._mark_read(socket.person, room))
        elif len(self.posting) < POSTS_IN_HAND:
            task = asyncio.create_task(self._post(socket, Posting(socket.person, room, asked.id, asked.body)))
            self.posting.add(task)
            task.add_done_callback(self.posting.discard)
        else:
            counters.add("closed", "too many posts")
            socket.close(TRY_AGAIN)

    async def websocket_disconnect(self, message: Any) -> None:
        """What was sent before the connection ended is still kept, also while the process says goodbye."""
        self.left.set()
        await asyncio.gather(*self.posting, *([self.reading] if self.reading else []))
        if self.socket is not None:
            logger.info("a socket closed with %s", message.get("code"), extra=self._log_context())
        raise StopConsumer

    async def _mark_read(self, person: Person, room: UUID) -> None:
        """One question at a time. What comes meanwhile is one more, whatever its number.

        Where the database is away or full it is kept later, while the page is there: that does not say it again.
        """
        envelope = -1
        try:
            while envelope < self.read_to:
                try:
                    envelope = self.read_to
                    await write(mark_read, person, room, envelope)
                except Exception as error:
                    if self.left.is_set() or transient(error) is None:
                        raise
                    envelope = -1
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self.left.wait(), READ_AGAIN)
        except ChatError:
            pass  # no longer theirs: the hub is about to tell them
        except Exception:  # the page says it again after each outage of its own
            logger.warning("a reading could not be kept", exc_info=True, extra=self._log_context())
        finally:
            self.read_to, self.reading = -1, None

    async def _post(self, socket: Socket, posting: Posting) -> None:
        """Keep it, and tell the sender what became of it. The message itself comes to them like to all others."""
        try:
            posted = await current_post_batcher().post(posting)
        except ChatError as error:
            counters.add("refused", type(error).__name__)
            socket.send(outgoing.refused(posting.id, error))
        except Exception as error:
            counters.add("errors", "post")
            passes = transient(error)
            if passes is None:  # a fault of ours; of what passes the gathering writes one line for all
                logger.exception("a post could not be kept", extra=self._log_context())
            socket.send(outgoing.failed(posting.id, passes))
        else:
            if posted.created:
                counters.add("posts", "socket")
            else:  # it was told long ago, and perhaps not heard
                socket.send(Frame(message_html(posted.message)))
            socket.send(outgoing.posted(posting.id, posted.message.version))

    def _log_context(self) -> dict[str, object]:
        """For the log: whose socket it is and where, in ids."""
        return {"person": self.socket.person_id, "room": self.socket.shows} if self.socket else {}

    async def _may_knock(self) -> bool:
        """Whether the address has not opened too many sockets; the deployment says whom to believe about it.

        Counted here while the process has some of the limit left, else beside the event loop: one in sixty by default.
        """
        address = neighbourhood((self.scope.get("client") or ("",))[0])
        try:
            if address and not allow_now("connect", address):
                await COUNTS.run(allow, "connect", address)
        except Limited:
            return False
        return True

    async def _refuse(self, code: int, outcome: str = "") -> None:
        """Accept and close: a browser shows a refused handshake as 1006, and would come back for ever."""
        counters.add("handshakes", outcome or OUTCOMES[code])
        logger.info("a socket was refused with %d", code)
        await self.accept()
        await self.close(code)


def _room_in(asked: dict[str, list[str]]) -> str | None:
    """The id asked for, None if none was, "" if it is no id."""
    given = asked.get("room")
    if not given:
        return None
    try:
        return str(UUID(given[0]))
    except ValueError:
        return ""


def _person_in(asked: dict[str, list[str]]) -> int | None:
    """Whose page it is, None if it does not say; nobody's, if it is no number."""
    given = asked.get("person")
    if not given:
        return None
    return int(given[0]) if given[0].isascii() and given[0].isdecimal() and len(given[0]) <= 15 else 0


def session_key_of(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """What the browser's cookie says; "" if nothing."""
    cookies = "; ".join(value.decode("latin1") for name, value in headers if name == b"cookie")
    return parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME, "")
