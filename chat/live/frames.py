"""Frames for sockets, encoded once for all readers."""

import json
from collections.abc import Mapping
from typing import Protocol, Self

_SHORT, _LONG = 126, 65536  # RFC 6455, 5.2: from here the length takes two and eight more bytes


class Frame:
    """A text for sockets, and its encoding as a WebSocket frame."""

    __slots__ = ("encoded", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.encoded = encode(text)

    @classmethod
    def of(cls, message: Mapping[str, object]) -> Self:
        """As JSON."""
        return cls(json.dumps(message, ensure_ascii=False))


class Wire(Protocol):
    """A server's direct way to a socket; see ``hypertalk/server/wire.py``. Other servers may offer their own."""

    def write(self, frame: bytes) -> int:
        """Send a frame without blocking. Returns the number of bytes that wait for the reader."""

    def close(self, code: int) -> None:
        """Close with any code of the protocol."""


def encode(text: str) -> bytes:
    """A complete, unmasked text frame, as servers send them (RFC 6455, 5.2)."""
    payload = text.encode()
    length = len(payload)
    if length < _SHORT:
        return bytes((0x81, length)) + payload
    if length < _LONG:
        return b"\x81\x7e" + length.to_bytes(2) + payload
    return b"\x81\x7f" + length.to_bytes(8) + payload
