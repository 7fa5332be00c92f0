"""One open WebSocket, as the hub sees it."""

import asyncio
import logging
from typing import TYPE_CHECKING, cast

from chat.events.envelope import account_topic, person_topic, session_topic
from chat.events.rendering import session_digest
from chat.live.access import Credentials
from chat.live.frames import Frame, Wire
from chat.models import Person
from chat.monitoring.counters import counters

if TYPE_CHECKING:
    from asgiref.typing import ASGISendCallable, WebSocketCloseEvent, WebSocketSendEvent

type Outgoing = "WebSocketSendEvent" | "WebSocketCloseEvent"

logger = logging.getLogger(__name__)

# Limits of the backlog of a slow reader, who is closed above it, reconnects and catches up: frames here,
# bytes in the server.
MAX_WAITING = 500
MAX_BUFFERED = 1024 * 1024
# The protocol's own code, which a wire can send. Applications may send only private ones: then 4013.
TRY_AGAIN = 1013
PRIVATE = 3000


class Connection:
    """A connection: its person, the room it shows, and its unsent frames.

    ``rooms`` are those it may hear of; the registry fills it. With a ``wire`` frames are written directly; without one,
    under any other server, they go through ``send`` and a queue.
    """

    __slots__ = (
        "__weakref__",
        "_code",
        "_early",
        "_queue",
        "_send",
        "_wire",
        "closed",
        "credentials",
        "person",
        "person_id",
        "person_version",
        "rooms",
        "sample",
        "shows",
        "topics",
    )

    def __init__(
        self,
        person: Person,
        credentials: Credentials,
        *,
        shows: str | None,
        send: "ASGISendCallable",
        wire: Wire | None = None,
    ) -> None:
        self.person = person
        self.person_id = person.pk
        self.credentials = credentials
        # Subscriptions besides its rooms.
        self.topics = (
            person_topic(person.pk),
            account_topic(credentials.user_id),
            session_topic(session_digest(credentials.session_key)),
        )
        self.shows = shows
        self.rooms: set[str] = set()
        self.person_version = person.version
        self.closed = False
        self.sample: tuple[int, float] | None = None  # see sampling.py
        self._send = send
        self._wire = wire
        self._queue: Queue | None = None
        self._early: list[Frame] | None = []
        self._code: int | None = None

    def start(self) -> None:
        """Start writing. Until then frames wait, because the first one must be the beat of the handshake."""
        early, self._early = self._early or [], None
        if self._code is not None:
            return self._end(self._code)
        if self._wire is None:
            self._queue = Queue(self._send)
        for frame in early:
            self.send(frame)
        return None

    def send(self, frame: Frame) -> None:
        """Never blocks, so that a slow reader slows nobody else."""
        if self.closed:
            return
        if self._early is not None:
            self._early.append(frame)
        elif self._wire is not None:
            if self._wire.write(frame.encoded) > MAX_BUFFERED:
                self._too_slow()
        elif self._queue is not None and not self._queue.put(frame.text):
            self._too_slow()

    def _too_slow(self) -> None:
        counters.add("closed", "slow")
        self.close(TRY_AGAIN)

    def close(self, code: int) -> None:
        """Send nothing more but the close code. Waiting frames are dropped: the person may have lost access to them."""
        if self.closed:
            return
        self.closed = True
        self._code = code
        if self._early is None:  # otherwise it closes when it starts
            self._end(code)

    def _end(self, code: int) -> None:
        if self._wire is not None:
            self._wire.close(code)
        else:
            self._queue = self._queue or Queue(self._send)
            self._queue.end(code if code >= PRIVATE else code + PRIVATE)

    def stop(self) -> None:
        """The connection is gone."""
        self.closed = True
        if self._queue is not None:
            self._queue.stop()


class Queue:
    """A bounded queue between the hub, which never waits, and ASGI's ``send``, which may."""

    def __init__(self, send: "ASGISendCallable") -> None:
        self._send = send
        self._waiting: asyncio.Queue[Outgoing] = asyncio.Queue(MAX_WAITING)
        self._writer = asyncio.create_task(self._write())

    def put(self, text: str) -> bool:
        """Returns whether there was room for it."""
        if self._waiting.full():
            return False
        self._waiting.put_nowait(cast("Outgoing", {"type": "websocket.send", "text": text}))
        return True

    def end(self, code: int) -> None:
        while not self._waiting.empty():
            self._waiting.get_nowait()
        self._waiting.put_nowait(cast("Outgoing", {"type": "websocket.close", "code": code}))

    def stop(self) -> None:
        self._writer.cancel()

    async def _write(self) -> None:
        while True:
            message = await self._waiting.get()
            try:
                await self._send(message)
            except Exception:  # each server has its own errors for a lost connection
                logger.debug("a socket closed during a write", exc_info=True)
                return
            if message["type"] == "websocket.close":
                return
