"""HTTP requests and one WebSocket, as a browser makes them, with the standard library only."""

import base64
import hashlib
import http.client
import os
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from typing import BinaryIO
from urllib.parse import SplitResult

from hypertalk.doctor.findings import PATIENCE

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # from RFC 6455
HEAD_MOST = 64 * 1024


@dataclass
class Answer:
    """``status`` is 0 if the connection was cut off."""

    status: int
    body: bytes = b""
    headers: list[tuple[str, str]] = field(default_factory=list)

    def all(self, name: str) -> list[str]:
        return [value for given, value in self.headers if given.lower() == name]

    def first(self, name: str) -> str:
        return next(iter(self.all(name)), "")


def request(
    url: SplitResult,
    path: str,
    *,
    method: str = "GET",
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> Answer:
    """Follows no redirect. Raises OSError, or http.client.HTTPException for a response that is not HTTP."""
    kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
    connection = kind(url.hostname or "", url.port, timeout=PATIENCE)
    try:
        connection.connect()
        with suppress(BrokenPipeError, ConnectionResetError):  # the server answered before all was sent
            connection.request(method, path, body=body, headers=headers or {})
        answered = connection.getresponse()
        return Answer(answered.status, answered.read(HEAD_MOST), answered.getheaders())
    finally:
        connection.close()


@dataclass
class Handshake:
    """The result of a handshake. ``code`` is that of the close frame; ``silent`` means that none came in time."""

    status: int
    accepted: bool = False
    code: int | None = None
    silent: bool = False


def open_socket(url: SplitResult, path: str, *, origin: str) -> Handshake:
    """Open a WebSocket and read until it is closed. Raises OSError."""
    key = base64.b64encode(os.urandom(16))
    with _connect(url) as line:
        line.sendall(
            f"GET {path} HTTP/1.1\r\nHost: {url.netloc}\r\nOrigin: {origin}\r\n"
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {key.decode()}\r\n\r\n".encode()
        )
        with line.makefile("rb") as lines:
            try:
                first = lines.readline(HEAD_MOST).split()
                status = int(first[1]) if len(first) > 1 and first[1].isdigit() else 0
                headers: dict[bytes, bytes] = {}
                while (header := lines.readline(HEAD_MOST).strip()) and len(headers) < 100:
                    name, _, value = header.partition(b":")
                    headers[name.lower()] = value.strip()
                expected = base64.b64encode(hashlib.sha1(key + _GUID, usedforsecurity=False).digest())
                found = Handshake(
                    status, accepted=status == 101 and headers.get(b"sec-websocket-accept") == expected
                )
            except TimeoutError:
                return Handshake(0, silent=True)
            if found.accepted:
                try:
                    found.code = _close_code(lines)
                except TimeoutError:
                    found.silent = True
            return found


def _connect(url: SplitResult) -> socket.socket:
    port = url.port or (443 if url.scheme == "https" else 80)
    line = socket.create_connection((url.hostname or "", port), timeout=PATIENCE)
    if url.scheme != "https":
        return line
    return ssl.create_default_context().wrap_socket(line, server_hostname=url.hostname)


def _close_code(lines: BinaryIO) -> int | None:
    """Return the code of the first close frame, or None if the connection ends without one."""
    read = lines.read
    while len(head := read(2)) == 2:
        length = head[1] & 127
        if length >= 126:
            length = int.from_bytes(read(2 if length == 126 else 8))
        payload = read(min(length, HEAD_MOST))
        if head[0] & 15 == 8:
            return int.from_bytes(payload[:2]) if len(payload) >= 2 else 1005
    return None
