"""One workspace, two processes: a post to the first is received on the second, whatever breaks in between."""

import asyncio
import contextlib
import json
import socket
from contextlib import AsyncExitStack
from uuid import uuid4

import psycopg
import pytest
import websockets

from tests.services.conftest import Deployment, waiting
from tests.support.arranging import Scene
from tests.support.screen import Screen


async def stored(screen: Screen) -> list[str]:
    """What the database has, as a page opened now shows it."""
    fresh = Screen(screen.url, "", screen.room)
    fresh.http = screen.http
    await fresh.catch_up()
    return fresh.messages()


async def converge(*screens: Screen) -> None:
    """Every screen ends with the content of the database, each message once."""
    expected = await stored(screens[0])
    assert len(expected) == len(set(expected))
    for screen in screens:
        await screen.until(lambda screen=screen: screen.messages() == expected)
        applied = [row for row in screen.applied if row[0].startswith("message-")]
        assert len(applied) == len(set(applied)), "a change was shown twice"


async def test_a_post_through_one_process_reaches_the_screens_of_the_other(
    deployment: Deployment, scene: Scene
) -> None:
    async with (
        Screen(deployment.one.url, scene.sessions["alice"], scene.room) as alice,
        Screen(deployment.two.url, scene.sessions["bob"], scene.room) as bob,
    ):
        message = await alice.post("Across")
        await bob.until(lambda: bob.messages() == [message], seconds=5)


async def test_redis_restarts_and_nobody_misses_anything(deployment: Deployment, scene: Scene) -> None:
    async with (
        Screen(deployment.one.url, scene.sessions["alice"], scene.room) as alice,
        Screen(deployment.two.url, scene.sessions["bob"], scene.room) as bob,
    ):
        await alice.post("Before")
        deployment.redis.stop()
        await asyncio.gather(*(alice.post(f"Meanwhile {n}") for n in range(5)))
        health = await alice.http.get("/healthz/")
        assert (health.status_code, health.json()["status"]) == (200, "degraded")
        await converge(alice, bob)
        deployment.redis.start()
        await alice.post("After")
        await converge(alice, bob)
        # Wait until a post is pushed again, not only found by polling.
        async with asyncio.timeout(30):
            while True:
                message = await alice.post("Heard again?")
                try:
                    await bob.until(lambda message=message: message in bob.messages(), seconds=1)
                except TimeoutError:
                    continue
                break
        assert bob.code is None


async def test_a_process_is_killed_and_its_screens_come_back(deployment: Deployment, scene: Scene) -> None:
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        alice = await enter(Screen(deployment.one.url, scene.sessions["alice"], scene.room))
        bob = await enter(Screen(deployment.two.url, scene.sessions["bob"], scene.room))
        charlie = await enter(Screen(deployment.two.url, scene.sessions["charlie"], scene.room))
        posting = asyncio.gather(
            *(alice.post(f"Alice {n}") for n in range(20)), *(bob.post(f"Bob {n}") for n in range(20))
        )
        deployment.two.kill()
        deployment.two.start()
        assert len(set(await posting)) == 40
        await converge(alice, bob, charlie)
        assert len(bob.messages()) == 40


async def test_two_hundred_at_once_from_two_processes(deployment: Deployment, scene: Scene) -> None:
    async with (
        Screen(deployment.one.url, scene.sessions["alice"], scene.room) as alice,
        Screen(deployment.two.url, scene.sessions["bob"], scene.room) as bob,
        Screen(deployment.one.url, scene.sessions["charlie"], scene.room) as reader,
    ):
        reader.page.held = begun = alice.page.held
        ids = await asyncio.gather(*((alice if n % 2 else bob).post(f"Number {n}") for n in range(200)))
        await converge(alice, bob, reader)
        assert set(reader.messages()) == set(ids)
        rows = sorted((row for row in reader.page.rows.values() if row.seq), key=lambda row: row.seq or 0)
        assert [row.seq for row in rows] == list(range(1, 201))
        assert [row.version for row in rows] == list(range(begun + 1, begun + 201))


async def test_bob_removed_hears_nothing_more_on_either_process(deployment: Deployment, scene: Scene) -> None:
    async with (
        Screen(deployment.one.url, scene.sessions["alice"], scene.room) as alice,
        Screen(deployment.one.url, scene.sessions["bob"], scene.room) as here,
        Screen(deployment.two.url, scene.sessions["bob"], scene.room) as there,
        Screen(deployment.two.url, scene.sessions["charlie"], scene.room) as charlie,
    ):
        answer = await alice.http.post(f"/rooms/{scene.room}/members/{scene.members['bob']}/remove/")
        assert answer.status_code == 204
        for bob in (here, there):
            await bob.until(lambda bob=bob: [m for m in bob.heard if m["type"] == "gone"], seconds=1)
        message = await alice.post("Without Bob")
        await charlie.until(lambda: message in charlie.messages(), seconds=5)
        assert not here.messages()
        assert not there.messages()


@pytest.mark.parametrize("way", ["sign out", "change the password", "deactivate"])
async def test_who_may_not_stay_falls_silent_on_both_within_a_second(
    deployment: Deployment, scene: Scene, way: str
) -> None:
    session = scene.sessions["bob"]
    other = await another_session(deployment, scene)
    async with (
        Screen(deployment.one.url, session, scene.room) as here,
        Screen(deployment.two.url, session if way == "sign out" else other, scene.room) as there,
    ):
        if way == "sign out":
            assert (await here.http.post("/accounts/logout/")).status_code == 204
        elif way == "change the password":
            data = {
                "oldpassword": "talk-to-me",
                "password1": "another-fine-one",
                "password2": "another-fine-one",
            }
            assert (await here.http.post("/accounts/password/change/", data=data)).status_code == 302
        else:
            code = (
                "from chat.models import *; from chat import actions;"
                f"actions.deactivate_person(Member.objects.get(pk={scene.members['bob']}).person)"
            )
            await asyncio.to_thread(deployment.one.elsewhere, code)
        expected = 4403 if way == "deactivate" else 4401
        for screen in (here, there):
            await screen.until(lambda screen=screen: screen.code == expected, seconds=1)


async def another_session(deployment: Deployment, scene: Scene) -> str:
    """Bob on another device."""
    code = (
        "from django.test import Client; from chat.models import *;"
        f"c = Client(); c.force_login(Member.objects.get(pk={scene.members['bob']}).person.user);"
        "print('KEY' + c.cookies['sessionid'].value)"
    )
    out = await asyncio.to_thread(deployment.one.elsewhere, code)
    return out.partition("KEY")[2].strip()


@pytest.mark.parametrize(
    "frames",
    [
        ["x" * 70_000],
        ["[" * 60_000],
        ["not json"],
        ['{"type": "shout"}'] * 1000,
        [b"\x00\x01"],
        ['{"type":"read","seq":0}'] * 1000,
    ],
    ids=["huge", "deep", "not JSON", "a thousand of an unknown type", "binary", "a thousand"],
)
async def test_garbage_closes_its_socket_and_no_other(
    deployment: Deployment, scene: Scene, frames: list[str | bytes]
) -> None:
    """Hazard 15, on the wire."""
    async with Screen(deployment.one.url, scene.sessions["alice"], scene.room) as alice:
        before = deployment.one.log.read_text()
        address = deployment.one.url.replace("http", "ws") + f"/live/?room={scene.room}"
        headers = {"Cookie": f"sessionid={scene.sessions['bob']}"}
        async with websockets.connect(
            address, origin=deployment.one.url, additional_headers=headers
        ) as connection:
            with pytest.raises(websockets.ConnectionClosed):
                async with asyncio.timeout(10):
                    for frame in frames:
                        await connection.send(frame)
                    while True:
                        await connection.recv()
        message = await alice.post("Still here")
        assert message in alice.messages()
        assert "Traceback" not in deployment.one.log.read_text().removeprefix(before)


@pytest.mark.parametrize("origin", [None, "null", "http://evil.example"])
async def test_foreign_pages_are_refused_on_the_wire(
    deployment: Deployment, scene: Scene, origin: str | None
) -> None:
    address = deployment.one.url.replace("http", "ws") + "/live/"
    headers = {"Cookie": f"sessionid={scene.sessions['bob']}"}
    with pytest.raises(websockets.InvalidStatus) as refused:
        await websockets.connect(address, origin=origin, additional_headers=headers)  # type: ignore[arg-type]
    assert refused.value.response.status_code == 403


async def test_a_reader_that_never_reads_is_let_go_and_the_others_do_not_wait(
    deployment: Deployment, scene: Scene
) -> None:
    """Hazard 16, on the wire: a megabyte may be buffered for it, then its socket is closed."""
    address = deployment.one.url.removeprefix("http://")
    host, _, port = address.partition(":")
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.connect((host, int(port)))
    reader, writer = await asyncio.open_connection(sock=line, limit=1024)
    handshake = (
        f"GET /live/?room={scene.room} HTTP/1.1\r\nHost: {address}\r\nOrigin: {deployment.one.url}\r\n"
        f"Cookie: sessionid={scene.sessions['bob']}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    writer.write(handshake.encode())
    assert b"101" in await reader.readline()
    reader._transport.pause_reading()  # type: ignore[attr-defined]
    async with Screen(deployment.one.url, scene.sessions["alice"], scene.room) as alice:
        body = "word " * 1900
        # Two megabytes: more than the kernel's small buffers and the limit together.
        for _ in range(10):
            sent = await asyncio.gather(*(alice.post(body) for _ in range(20)))
        await alice.until(lambda: set(sent) <= set(alice.messages()))
    reader._transport.resume_reading()  # type: ignore[attr-defined]
    with contextlib.suppress(ConnectionResetError):  # it is closed while data is still buffered
        async with asyncio.timeout(20):
            while await reader.read(1 << 20):
                pass
    writer.close()


async def test_a_post_that_waits_for_a_lock_delays_no_dismissal(deployment: Deployment, scene: Scene) -> None:
    """Access checks run beside writes, never behind them."""
    address = deployment.one.url.replace("http", "ws") + f"/live/?room={scene.room}"
    headers = {"Cookie": f"sessionid={scene.sessions['alice']}"}
    async with (
        websockets.connect(address, origin=deployment.one.url, additional_headers=headers) as alice,
        Screen(deployment.one.url, scene.sessions["bob"], scene.room) as bob,
        await psycopg.AsyncConnection.connect(deployment.url) as database,
    ):
        await database.execute("SELECT 1 FROM chat_room WHERE id = %s FOR UPDATE", [scene.room])
        message = {"type": "post", "id": str(uuid4()), "body": "In a moment"}
        await alice.send(json.dumps(message))
        async with asyncio.timeout(10):
            while not await waiting(deployment.url):
                pass
        answer = await bob.http.post(f"{deployment.two.url}/accounts/logout/")
        assert answer.status_code == 204
        await bob.until(lambda: bob.code == 4401, seconds=2)
        await database.rollback()
        async with asyncio.timeout(10):
            while f'"{message["id"]}", "version"' not in await alice.recv():
                pass
