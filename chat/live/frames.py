"""What goes over a socket, encoded once for however many read it."""

import json
from collections.abc import Mapping
from typing import Protocol, Self

_SHORT, _LONG = 126, 65536  # RFC 6455, 5.2: where the length takes two and eight bytes more


class Frame:
    """A text for sockets, and the same as a WebSocket frame."""

    __slots__ = ("encoded", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.encoded = encode(text)

    @classmethod
    def of(cls, message: Mapping[str, object]) -> Self:
        """As JSON."""
        return cls(json.dumps(message, ensure_ascii=False))


class Wire(Protocol):
    """A server's shorter way to a socket; see ``hypertalk/server/wire.py``. Another server may offer one of its own."""

    def write(self, frame: bytes) -> int:
        """Send a frame; never waits. Returns the bytes that wait for the reader."""

    def close(self, code: int) -> None:
        """Close with any code that the protocol knows."""


def encode(text: str) -> bytes:
    """A whole, unmasked text frame, as servers send them (RFC 6455, 5.2)."""
    payload = text.encode()
    length = len(payload)
    if length < _SHORT:
        return bytes((0x81, length)) + payload
    if length < _LONG:
        return b"\x81\x7e" + length.to_bytes(2) + payload
    return b"\x81\x7f" + length.to_bytes(8) + payload
