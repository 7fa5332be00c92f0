"""Limits on what one connection, and all connections together, may send before an application sees it.

Daphne buffers whole bodies first, however long they are and however slowly they come, and autobahn accepts any number
of frames that are not messages. This relies on ``connections`` of Daphne 4.2, on ``gotLength``, ``handleContentChunk``
and ``requestReceived`` of Twisted 26, and on ``processHandshake``, ``onFrameBegin``, ``current_frame`` and ``data`` of
autobahn 26.
"""

import io
import logging
import time
from typing import Any

from daphne.http_protocol import WebRequest
from daphne.ws_protocol import WebSocketProtocol

from hypertalk.server.edge import BODY_LIMIT
from hypertalk.server.wire import waits

# Bytes of bodies that a process buffers at once. The first ``UNCOUNTED`` bytes of each don't count, so that messages
# get through while large bodies fill this.
BODIES_MOST = 32 * 1024 * 1024
UNCOUNTED = 16 * 1024
BODY_SECONDS = 120  # for a whole body to arrive, so that nobody holds a connection with a byte a minute

PINGS_UNHEARD = 100  # in a row
FRAMES_MOST, FRAMES_SECONDS = 1000, 10.0  # frames that are no whole message: pings, pongs, fragments
EARLY_MOST = 64 * 1024  # bytes received before the handshake is answered

logger = logging.getLogger(__name__)


class BoundedRequest(WebRequest):  # type: ignore[misc]  # daphne is untyped
    """A request is refused once, when its body exceeds the limit, takes too long, or arrives when too many bytes are
    buffered for others. What comes after that is ignored, and the application does not see the request.

    Its body counts until the application is done with it, even if the client has disconnected by then.
    """

    in_hand = 0  # bytes that count, over all requests

    taken = counted = 0
    refused = False
    late: Any = None

    def gotLength(self, length: int | None) -> None:  # noqa: N802 - Twisted's name
        """Twisted would spool a body over 100 kB, or of unknown length, to a file, and lose it when the disk is full."""
        super().gotLength(0)
        self.content = io.BytesIO()
        if length != 0:
            self.late = self.channel.callLater(BODY_SECONDS, self._refuse, "408 Request Timeout")

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        if self.refused:
            return
        self.taken += len(data)
        more = max(0, self.taken - UNCOUNTED) - self.counted
        if self.taken > BODY_LIMIT:
            self._refuse("413 Content Too Large")
        elif BoundedRequest.in_hand + more > BODIES_MOST:
            self._refuse("503 Service Unavailable\r\nRetry-After: 5")
        else:
            self.counted += more
            BoundedRequest.in_hand += more
            super().handleContentChunk(data)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:  # noqa: N802 - Twisted's name
        if not self.refused:
            self._is_in_time()
            super().requestReceived(command, path, version)

    def process(self) -> Any:
        """Remove two headers. Daphne would let any client say where the application is mounted, and links would lead
        there. It also logs an error if the names of subprotocols are not in ASCII; there are none here.
        """
        self.requestHeaders.removeHeader(b"daphne-root-path")
        self.requestHeaders.removeHeader(b"sec-websocket-protocol")
        processed = super().process()
        if application := self._application():
            application.add_done_callback(lambda _: self._let_go())
        else:  # it became a socket, or no application will see it
            self._let_go()
        return processed

    def connectionLost(self, reason: Any) -> None:  # noqa: N802 - Twisted's name
        self._is_in_time()
        if not self._application():
            self._let_go()
        super().connectionLost(reason)

    def _application(self) -> Any:
        return self.server.connections.get(self, {}).get("application_instance")

    def _refuse(self, status: str) -> None:
        self.refused = True
        self._is_in_time()
        self._let_go()
        self.content = io.BytesIO()
        logger.info("a request body was refused: %s", status.partition("\r")[0])
        self.channel.transport.write(f"HTTP/1.1 {status}\r\nConnection: close\r\n\r\n".encode())
        self.channel.loseConnection()

    def _is_in_time(self) -> None:
        """Cancel the timeout: the body is complete, or the connection is closed."""
        if self.late is not None and self.late.active():
            self.late.cancel()

    def _let_go(self) -> None:
        BoundedRequest.in_hand -= self.counted
        self.counted = 0


class BoundedSocket(WebSocketProtocol):  # type: ignore[misc]  # daphne is untyped
    """The application limits whole messages (``chat/live/commands.py``); this limits the frames that it never sees."""

    unheard = odd = 0
    since = 0.0

    def processHandshake(self) -> None:  # noqa: N802 - autobahn's name
        """Process the handshake once. A page sends nothing before the answer; other early bytes are limited."""
        if not hasattr(self, "request"):
            super().processHandshake()
        elif len(self.data) > EARLY_MOST:
            self._drop()

    def onFrameBegin(self) -> None:  # noqa: N802 - autobahn's name
        """A fragmented message may have any number of empty frames, and pings are cheap for their sender: limit both."""
        super().onFrameBegin()
        if 0 < self.current_frame.opcode < 8:
            return
        now = time.monotonic()
        if now - self.since > FRAMES_SECONDS:
            self.since, self.odd = now, 0
        self.odd += 1
        if self.odd > FRAMES_MOST:
            self._drop()

    def onPing(self, payload: bytes) -> None:  # noqa: N802 - autobahn's name
        """Don't answer while earlier data waits to be sent: pongs would pile up for a client that never reads."""
        self.unheard = self.unheard + 1 if waits(self.transport) else 0
        if not self.unheard:
            super().onPing(payload)
        elif self.unheard > PINGS_UNHEARD:
            self._drop()

    def _drop(self) -> None:
        logger.info("a socket was closed: it sent invalid data")
        self.dropConnection(abort=True)
