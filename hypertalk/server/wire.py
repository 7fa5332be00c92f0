"""A fast path out of a Daphne process: one prebuilt frame straight to the kernel while nothing is buffered.

Through Daphne, autobahn and Twisted a frame costs seven times the system call that sends it (docs/performance.md). This
bypasses them while the socket is open and its buffer empty, and uses Twisted's buffer otherwise, so that the order is
kept. It relies on these private parts:

- autobahn 26: ``state``, ``STATE_OPEN``, ``sendCloseFrame``; its own frames go to the same ``transport.write``;
- Twisted 26, ``FileDescriptor``: ``dataBuffer``, ``offset``, ``_tempDataBuffer``, ``_tempDataLen``, and ``socket``.

``test_wire.py`` fails when one of them changes; ``wire_of`` then returns None, and the chat works without a wire.
"""

import logging
import socket
from typing import Any

from autobahn.websocket.protocol import WebSocketProtocol
from twisted.internet import tcp, unix

# Bytes of the kernel's buffer. It is small, so that a reader that does not read is noticed early and costs little.
SEND_BUFFER = 64 * 1024

logger = logging.getLogger(__name__)


class Wire:
    """The output of one WebSocket. Use it on the event loop's thread only."""

    __slots__ = ("_open", "_protocol", "_send", "_transport")

    def __init__(self, protocol: Any) -> None:
        self._protocol = protocol
        self._transport = protocol.transport
        self._send = protocol.transport.socket.send
        self._open = protocol.STATE_OPEN

    def write(self, frame: bytes) -> int:
        """Send an encoded WebSocket frame if the socket is open. Returns the number of bytes still buffered."""
        transport = self._transport
        if self._protocol.state != self._open:
            return 0
        if transport.dataBuffer or transport._tempDataBuffer:  # noqa: SLF001 - see above
            transport.write(frame)
            return self.waiting()
        try:
            sent = self._send(frame)
        except BlockingIOError:
            sent = 0
        except OSError:  # the connection is closed; Twisted is about to notice
            return 0
        if sent < len(frame):
            transport.write(frame[sent:])
            return self.waiting()
        return 0

    def waiting(self) -> int:
        """Bytes in Twisted's buffer, joined or not."""
        transport = self._transport
        waiting: int = len(transport.dataBuffer) - transport.offset + transport._tempDataLen  # noqa: SLF001
        return waiting

    def close(self, code: int) -> None:
        """Start the closing handshake, also with codes that autobahn refuses to applications, such as 1012 and 1013."""
        if self._protocol.state == self._open:
            self._protocol.sendCloseFrame(code=code)


def waits(transport: Any) -> bool:
    """Whether output is buffered for this connection."""
    return bool(getattr(transport, "dataBuffer", b"") or getattr(transport, "_tempDataBuffer", ()))


def wire_of(protocol: Any) -> Wire | None:
    """Return the wire of a Daphne WebSocket, or None with TLS in the process or unknown versions of the parts above."""
    transport = protocol.transport
    if type(transport) not in (tcp.Server, unix.Server) or getattr(transport, "TLS", False):
        return None
    missing = missing_parts(protocol)
    if missing:
        logger.warning("fast socket writes are not available: %s", ", ".join(missing))
        return None
    transport.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    return Wire(protocol)


def missing_parts(protocol: Any) -> list[str]:
    """Names of the parts that the wire relies on and the protocol lacks."""
    transport = protocol.transport
    parts = {
        "transport.dataBuffer": isinstance(getattr(transport, "dataBuffer", None), bytes),
        "transport._tempDataBuffer": isinstance(getattr(transport, "_tempDataBuffer", None), list),
        "transport._tempDataLen": isinstance(getattr(transport, "_tempDataLen", None), int),
        "transport.offset": isinstance(getattr(transport, "offset", None), int),
        "transport.socket": hasattr(getattr(transport, "socket", None), "send"),
        "protocol.state": hasattr(protocol, "state"),
        "protocol.STATE_OPEN": protocol.STATE_OPEN == WebSocketProtocol.STATE_OPEN == 3,
        "protocol.sendCloseFrame": callable(getattr(protocol, "sendCloseFrame", None)),
    }
    return [name for name, there in parts.items() if not there]
