"""SIGTERM: no new connections, running requests finish, and sockets are closed one by one, to reconnect."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
import pytest
import websockets

from tests.services.conftest import Deployment, waiting
from tests.support.arranging import Scene
from tests.support.screen import Screen
from tests.support.services import Daphne


@pytest.fixture
def leaving(deployment: Deployment, tmp_path: Path) -> Iterator[Daphne]:
    daphne = Daphne(
        tmp_path, **{key: deployment.one.env[key] for key in ("DATABASE_URL", "REDIS_URL", "DEBUG")}
    )
    yield daphne
    daphne.stop()


async def test_a_process_that_ends_says_goodbye(
    deployment: Deployment, scene: Scene, leaving: Daphne
) -> None:
    address = leaving.url.replace("http", "ws") + f"/live/?room={scene.room}"
    headers = {"Cookie": f"sessionid={scene.sessions['bob']}"}
    sockets = [
        await websockets.connect(address, origin=leaving.url, additional_headers=headers) for _ in range(5)
    ]
    for socket in sockets:
        assert "beat" in await socket.recv()
    message = str(uuid4())
    async with (
        Screen(leaving.url, scene.sessions["alice"], scene.room) as alice,
        await psycopg.AsyncConnection.connect(deployment.url) as database,
    ):
        await database.execute("SELECT 1 FROM chat_room WHERE id = %s FOR UPDATE", [scene.room])
        sending = asyncio.create_task(
            alice.http.post(f"/rooms/{scene.room}/messages/", data={"id": message, "body": "Just in time"})
        )
        async with asyncio.timeout(10):
            while not await waiting(deployment.url):
                pass
        leaving.terminate()
        closed = await asyncio.gather(*(drained(socket) for socket in sockets))
        assert {code for code, _ in closed} == {1012}
        assert not sending.done()
        with pytest.raises(httpx.TransportError):
            await httpx.AsyncClient().get(f"{leaving.url}/healthz/")
        await database.rollback()
        answer = await sending
        assert answer.status_code == 201
        assert message in answer.text
    assert await asyncio.to_thread(leaving._process.wait, 15) is not None
    async with Screen(deployment.two.url, scene.sessions["bob"], scene.room) as bob:
        await bob.until(lambda: message in bob.messages())


async def drained(socket: websockets.ClientConnection) -> tuple[int, str]:
    """Read to the end. Returns the close code and reason."""
    try:
        async for _ in socket:
            pass
    except websockets.ConnectionClosed:
        pass
    return socket.close_code or 0, socket.close_reason or ""


def test_a_process_with_nobody_ends_at_once(leaving: Daphne) -> None:
    leaving.terminate()
    assert leaving._process.wait(5) is not None
