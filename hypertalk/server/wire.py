"""The short way out of a Daphne process: one prebuilt frame straight to the kernel, for as long as nothing waits.

Through Daphne, autobahn and Twisted a frame costs seven times the system call that sends it (docs/performance.md). This
goes round them while the socket is open and its buffer empty, and through Twisted's buffer otherwise, so that the order
stays. It leans on these parts that are not promised:

- autobahn 26: ``state``, ``STATE_OPEN``, ``sendCloseFrame``; its own frames go to the same ``transport.write``;
- Twisted 26, ``FileDescriptor``: ``dataBuffer``, ``offset``, ``_tempDataBuffer``, ``_tempDataLen``, and ``socket``.

``test_wire.py`` fails when one of them is another; ``wire_of`` then returns None, and the chat does without.
"""

import logging
import socket
from typing import Any

from autobahn.websocket.protocol import WebSocketProtocol
from twisted.internet import tcp, unix

# Bytes of the kernel's buffer: a reader that does not read is noticed early, and costs little until then.
SEND_BUFFER = 64 * 1024

logger = logging.getLogger(__name__)


class Wire:
    """One WebSocket's way out. Only to be used on the event loop's thread."""

    __slots__ = ("_open", "_protocol", "_send", "_transport")

    def __init__(self, protocol: Any) -> None:
        self._protocol = protocol
        self._transport = protocol.transport
        self._send = protocol.transport.socket.send
        self._open = protocol.STATE_OPEN

    def write(self, frame: bytes) -> int:
        """Send an encoded WebSocket frame, if the socket is open. Returns the bytes that wait for its reader then."""
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
        except OSError:  # the connection is gone; Twisted is about to notice
            return 0
        if sent < len(frame):
            transport.write(frame[sent:])
            return self.waiting()
        return 0

    def waiting(self) -> int:
        """Bytes in Twisted's buffer: joined already, and not yet."""
        transport = self._transport
        waiting: int = len(transport.dataBuffer) - transport.offset + transport._tempDataLen  # noqa: SLF001
        return waiting

    def close(self, code: int) -> None:
        """Begin the closing handshake. Here also the codes that autobahn keeps from applications, like 1012 and 1013."""
        if self._protocol.state == self._open:
            self._protocol.sendCloseFrame(code=code)


def waits(transport: Any) -> bool:
    """Whether anything waits for a connection's reader."""
    return bool(getattr(transport, "dataBuffer", b"") or getattr(transport, "_tempDataBuffer", ()))


def wire_of(protocol: Any) -> Wire | None:
    """The wire of a Daphne WebSocket; None where it can't be: TLS in the process, or other insides than those above."""
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
    """What the wire leans on and the protocol does not have."""
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
