"""The most verbose log of a server while people type and things fail: it never contains what they typed."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
import websockets

from tests.services.conftest import Deployment
from tests.support.arranging import Scene
from tests.support.services import Daphne
from tests.support.signed_in import signed_in

# A different word for each input, so that a leak shows where it is.
BODY, SOCKET, LONG, BROKEN, BROKEN_SOCKET = "marmalade", "tamarind", "rhubarb", "quince", "persimmon"
TOKEN, RESET, QUERY, PASSWORD, FRAME, COOKIE = (
    "elderberry",
    "gooseberry",
    "mulberry",
    "cloudberry",
    "medlar",
    "loquat",
)
WORDS = (BODY, SOCKET, LONG, BROKEN, BROKEN_SOCKET, TOKEN, RESET, QUERY, PASSWORD, FRAME, COOKIE)


class Talkative(Daphne):
    application = ("-v", "2")  # Daphne's own, with Twisted's


@pytest.fixture
def talkative(deployment: Deployment, tmp_path: Path) -> Iterator[Daphne]:
    daphne = Talkative(
        tmp_path,
        DATABASE_URL=deployment.url,
        REDIS_URL=deployment.redis.url,
        LOG_LEVEL="DEBUG",
        LOG_FORMAT="json",
    )
    yield daphne
    daphne.stop()


@pytest.fixture
def refusing(deployment: Deployment) -> Iterator[None]:
    """A database that refuses some messages, and quotes the whole row in its error."""
    with psycopg.connect(deployment.url, autocommit=True) as database:
        database.execute(
            f"ALTER TABLE chat_message ADD CONSTRAINT no_fruit CHECK (body !~ '{BROKEN}|{BROKEN_SOCKET}') NOT VALID"
        )
        yield
        database.execute("ALTER TABLE chat_message DROP CONSTRAINT no_fruit")


async def over_http(url: str, scene: Scene) -> None:
    async with httpx.AsyncClient(base_url=url, **signed_in(scene.sessions["alice"])) as client:
        client.cookies["other"] = COOKIE
        messages = f"/rooms/{scene.room}/messages/"
        for body, status in ((BODY, 201), (LONG * 5000, 422), (BROKEN, 500)):
            answer = await client.post(messages, data={"id": str(uuid4()), "body": body})
            assert answer.status_code == status, answer.text
        assert (await client.get(f"/invitations/{TOKEN}:abc/")).status_code == 404
        assert (await client.get(f"/accounts/password/reset/key/1-{RESET}/")).status_code < 500
        assert (await client.get("/people/", params={"q": QUERY})).status_code == 200
        assert (
            await client.post(messages, content=FRAME, headers={"X-CSRFToken": PASSWORD})
        ).status_code == 403
    async with httpx.AsyncClient(base_url=url, **signed_in("", script=False)) as client:
        await client.post("/accounts/login/", data={"login": "bob@example.com", "password": PASSWORD})


async def over_the_socket(url: str, scene: Scene) -> None:
    address = f"{url.replace('http', 'ws')}/live/?room={scene.room}&also={QUERY}"
    headers = {"Cookie": f"sessionid={scene.sessions['alice']}; other={COOKIE}"}
    async with (
        websockets.connect(address, origin=url, additional_headers=headers) as socket,
        asyncio.timeout(20),
    ):
        await socket.recv()
        for body, answered in ((SOCKET, "posted"), (BROKEN_SOCKET, "failed")):
            message = str(uuid4())
            await socket.send(json.dumps({"type": "post", "id": message, "body": body}))
            while answered not in (heard := str(await socket.recv())) or message not in heard:
                pass
        await socket.send(json.dumps({"type": FRAME, "body": FRAME}))  # of a newer release
        await socket.send(json.dumps({"type": "post", "id": FRAME, "body": FRAME}))
        with pytest.raises(websockets.ConnectionClosed):
            while True:
                await socket.recv()


async def test_nothing_that_people_type_is_written_down(
    deployment: Deployment, scene: Scene, talkative: Daphne, refusing: None
) -> None:
    await over_http(talkative.url, scene)
    await over_the_socket(talkative.url, scene)
    talkative.stop()
    written = talkative.log.read_text()
    found = [word for word in (*WORDS, *scene.sessions.values()) if word in written]
    assert not found, [line for line in written.splitlines() if any(word in line for word in found)]
    lines: list[dict[str, Any]] = [
        json.loads(line) for line in written.splitlines()
    ]  # each of them, whatever wrote it

    def told(logger: str, words: str) -> list[dict[str, Any]]:
        return [line for line in lines if line["logger"] == logger and words in line["message"]]

    (refused,) = told("chat.live.post_command", "a message could not be stored")
    assert "IntegrityError 23514 no_fruit" in [each["error"] for each in refused["errors"]], refused
    assert refused["room"] == scene.room
    (opened,) = told("chat.live.consumer", "a socket opened")
    (closed,) = told("chat.live.consumer", "a socket closed with 4400")
    assert opened["socket"] == closed["socket"] == refused["socket"]
    assert opened["person"] == refused["person"]
    (failed,) = told("django.request", "Internal Server Error")
    (line,) = [each for each in told("hypertalk.access", "POST") if each["status"] == 500]
    assert failed["request"] == line["request"]
    assert (line["room"], line["person"]) == (scene.room, opened["person"])
    assert {each["path"] for each in told("hypertalk.access", "GET")} >= {"/invitations/…/", "/people/"}
    # Frames that are sent are not logged at all. The server's own lines at shutdown have the context in which the
    # signal arrived, so they do not count.
    of_sockets = [each for each in lines if each.get("socket") and each["logger"] != "daphne.server"]
    assert len(of_sockets) <= 6, of_sockets
