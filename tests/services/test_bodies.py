"""What a process takes in, and what it cuts off."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import httpx

from hypertalk.edge import BODY_LIMIT
from tests.services.conftest import Place
from tests.support.arranging import Scene


async def test_a_body_without_an_announced_length_is_cut_off(place: Place) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 65536
            yield b"x" * 65536

    async with asyncio.timeout(20), httpx.AsyncClient(base_url=place.one.url) as client:
        try:
            answer = await client.post("/accounts/login/", content=endless())
            assert answer.status_code == 413
        except httpx.TransportError:
            pass  # cut off while still sending, before the answer could be read
        assert sent < 16 * BODY_LIMIT  # what the kernel's buffers took on the way
        assert (await client.get("/healthz/")).status_code == 200


async def test_a_body_past_the_limit_is_refused_once_and_never_acted_on(place: Place) -> None:
    """All of it in one go, end and all: the application must not get what came before the limit."""
    host, port = place.one.url.removeprefix("http://").split(":")
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


async def test_nobody_says_where_the_place_is_mounted(place: Place, scene: Scene) -> None:
    """Daphne believes a header in that, and links would lead to whoever sent it, for others too."""
    headers = {"Daphne-Root-Path": "https://evil.example"}
    async with httpx.AsyncClient(base_url=place.one.url) as client:
        answer = await client.get("/rooms/", headers=headers)
        page = await client.get("/accounts/login/", headers=headers)
        odd = await client.get("/accounts/login/", headers={b"Daphne-Root-Path": b"/\xff%ff"})
    assert answer.headers["Location"].startswith("/accounts/login/")
    assert "evil.example" not in page.text
    assert odd.status_code == 200


async def test_a_short_one_in_pieces_is_taken(place: Place, scene: Scene) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"login=nobody%40example.com&"
        yield b"password=wrong"

    async with httpx.AsyncClient(base_url=place.one.url) as client:
        answer = await client.post("/accounts/login/", content=pieces())
    assert answer.status_code == 403  # no token: read, understood, and refused
