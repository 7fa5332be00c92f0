"""What a process takes in, and what it cuts off."""

import asyncio
from collections.abc import AsyncIterator

import httpx

from hypertalk.edge import BODY_LIMIT
from tests.services.conftest import Place


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


async def test_a_short_one_in_pieces_is_taken(place: Place) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"login=nobody%40example.com&"
        yield b"password=wrong"

    async with httpx.AsyncClient(base_url=place.one.url) as client:
        answer = await client.post("/accounts/login/", content=pieces())
    assert answer.status_code == 403  # no token: read, understood, and refused
