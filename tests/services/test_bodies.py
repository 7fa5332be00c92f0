"""Request bodies that a process accepts, and those that it cuts off."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import httpx
import pytest

from hypertalk.server.edge import BODY_LIMIT
from hypertalk.server.intake_limits import BODIES_MOST
from tests.services.conftest import Deployment
from tests.support.arranging import Scene


async def test_a_body_without_an_announced_length_is_cut_off(deployment: Deployment) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 65536
            yield b"x" * 65536

    async with asyncio.timeout(20), httpx.AsyncClient(base_url=deployment.one.url) as client:
        try:
            answer = await client.post("/accounts/login/", content=endless())
            assert answer.status_code == 413
        except httpx.TransportError:
            pass  # cut off while sending, before the response could be read
        assert sent < 16 * BODY_LIMIT  # what the kernel's buffers accepted on the way
        assert (await client.get("/healthz/")).status_code == 200


async def test_a_body_past_the_limit_is_refused_once_and_never_acted_on(deployment: Deployment) -> None:
    """Sent at once with its end: the application must not get the part before the limit."""
    host, port = deployment.one.url.removeprefix("http://").split(":")
    size = BODY_LIMIT + 100
    chunks = (
        b"1\r\nx\r\n" * 2000
        + f"{size:x}\r\n".encode()
        + b"x" * size
        + b"\r\n"
        + b"1\r\nx\r\n" * 2000
        + b"0\r\n\r\n"
    )
    head = f"POST /accounts/login/ HTTP/1.1\r\nHost: {host}:{port}\r\nTransfer-Encoding: chunked\r\n\r\n"
    reader, writer = await asyncio.open_connection(host, int(port))
    async with asyncio.timeout(20):
        with contextlib.suppress(ConnectionError):
            writer.write(head.encode() + chunks)
            await writer.drain()
        answer = b""
        with contextlib.suppress(ConnectionError):
            answer = await reader.read()
    writer.close()
    assert answer.count(b"HTTP/1.1") <= 1
    assert b"413" in answer or not answer


async def test_nobody_says_where_the_workspace_is_mounted(deployment: Deployment, scene: Scene) -> None:
    """Daphne trusts a header for it, so that links would lead to an attacker's site, for other people too."""
    headers = {"Daphne-Root-Path": "https://evil.example"}
    async with httpx.AsyncClient(base_url=deployment.one.url) as client:
        answer = await client.get("/rooms/", headers=headers)
        page = await client.get("/accounts/login/", headers=headers)
        odd = await client.get("/accounts/login/", headers={b"Daphne-Root-Path": b"/\xff%ff"})
    assert answer.headers["Location"].startswith("/accounts/login/")
    assert "evil.example" not in page.text
    assert odd.status_code == 200


@pytest.mark.parametrize(
    "odd",
    [
        "Sec-WebSocket-Protocol: \xff\xfe",
        "Sec-WebSocket-Protocol: a, a",
        "Cookie: sessionid=\xff",
        "Sec-WebSocket-Extensions: ;;=,\xff",
        "Content-Length: 5\r\n\r\nhello",
    ],
)
async def test_an_odd_handshake_is_no_error_in_the_log(deployment: Deployment, odd: str) -> None:
    """No sign-in is needed for it, so it could be used to fill the log."""
    before = deployment.one.log.read_text()
    host, port = deployment.one.url.removeprefix("http://").split(":")
    handshake = (
        f"GET /live/ HTTP/1.1\r\nHost: {host}:{port}\r\nOrigin: {deployment.one.url}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        f"{odd}\r\n\r\n"
    )
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(handshake.encode("latin1"))
    async with asyncio.timeout(20):
        with contextlib.suppress(ConnectionError):
            while await reader.read(65536):
                pass
    writer.close()
    said = deployment.one.log.read_text().removeprefix(before)
    assert not [line for line in said.splitlines() if "ERROR" in line or "Traceback" in line]


async def test_a_short_one_in_pieces_is_taken(deployment: Deployment, scene: Scene) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"login=nobody%40example.com&"
        yield b"password=wrong"

    async with httpx.AsyncClient(base_url=deployment.one.url) as client:
        answer = await client.post("/accounts/login/", content=pieces())
    assert answer.status_code == 403  # no token: parsed and refused


async def test_bodies_that_never_end_leave_room_for_those_that_do(
    deployment: Deployment, scene: Scene
) -> None:
    """A client that opens a hundred connections and never sends the last byte fills the limit for bodies, not all
    memory.
    """
    host, port = deployment.two.url.removeprefix("http://").split(":")
    head = f"POST /accounts/login/ HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: {BODY_LIMIT}\r\n\r\n"
    stalled = []
    async with asyncio.timeout(60), httpx.AsyncClient(base_url=deployment.two.url) as client:
        for _ in range(100):
            reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(head.encode() + b"x" * (BODY_LIMIT - 1))
            with contextlib.suppress(ConnectionError):
                await writer.drain()
            stalled.append((reader, writer))
        answers = await asyncio.gather(*(_soon(reader) for reader, _ in stalled))
        held = answers.count(b"")
        assert 0 < held <= BODIES_MOST // BODY_LIMIT + 1
        assert (await client.get("/accounts/login/")).status_code == 200
        assert (await client.post("/accounts/login/", content=b"x" * 10_000)).status_code == 403
        for _, writer in stalled:
            writer.close()
        for _, writer in stalled:
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()
        large = b"x" * 900_000
        while (await client.post("/accounts/login/", content=large)).status_code == 503:
            pass


async def _soon(reader: asyncio.StreamReader) -> bytes:
    """The response to an incomplete body: it comes at once, or not at all."""
    try:
        async with asyncio.timeout(2):
            return await reader.readline()
    except TimeoutError:
        return b""
    except ConnectionError:  # closed while sending
        return b"503"
