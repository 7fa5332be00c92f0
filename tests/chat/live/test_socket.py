"""The consumer behind its middleware: the handshake, and the socket commands."""

import asyncio
import json
import threading
from typing import Any
from uuid import uuid4

import pytest
from channels.db import database_sync_to_async
from django.db import OperationalError

from chat.live import access, post_batcher, post_command, read_command
from chat.live.hub import current_hub
from chat.live.origin import same_origin
from chat.models import Member, Message, Person, Room
from tests.conftest import say
from tests.support.live import stop
from tests.support.visitor import ORIGIN, Visitor, key_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
async def _stopped() -> Any:
    yield
    await stop(current_hub())


async def visit(person: Person | None, query: str = "", origin: str | None = "http://localhost") -> Visitor:
    headers = [] if origin is None else [(b"origin", origin.encode())]
    return Visitor(await key_of(person) if person else "", f"/live/{query}", headers)


async def code_of(socket: Visitor) -> int | None:
    """The code with which an accepted socket is closed."""
    while True:
        message = await socket.receive_output()
        if message["type"] == "websocket.close":
            return message.get("code")


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "http://evil.example",
        "http://localhost.evil.example",
        "http://localhost:81",
        "file://",
        "http://[x",
    ],
)
async def test_other_sites_are_refused_in_the_handshake(alice: Person, origin: str | None) -> None:
    """Hazard 14."""
    socket = await visit(alice, origin=origin)
    accepted, _ = await socket.connect()
    assert not accepted


def test_the_same_origin_is_host_and_port(settings) -> None:
    settings.ALLOWED_HOSTS = ["talk.example.com"]
    assert same_origin("https://talk.example.com", "talk.example.com")
    assert same_origin("https://talk.example.com:8443", "talk.example.com:8443")
    assert not same_origin("https://talk.example.com", "talk.example.com:8443")
    assert not same_origin("https://other.example.com", "other.example.com")


@pytest.mark.parametrize(
    ("query", "code"), [("?room=garbage", 4404), ("?room=00000000-0000-0000-0000-000000000009", 4404)]
)
async def test_a_room_that_is_none_is_accepted_and_closed(alice: Person, query: str, code: int) -> None:
    socket = await visit(alice, query)
    assert (await socket.connect())[0]
    assert await code_of(socket) == code


async def test_a_knock_elsewhere_is_refused_quietly(alice: Person, caplog) -> None:
    socket = Visitor(address="/elsewhere/")
    assert not (await socket.connect())[0]
    assert not caplog.records


async def test_who_is_signed_out_is_accepted_and_closed() -> None:
    socket = await visit(None)
    assert (await socket.connect())[0]
    assert await code_of(socket) == 4401


@pytest.mark.parametrize("claimed", ["{bob}", "0", "", "-1", "9" * 400, "alice", "٣"])
async def test_a_page_that_is_somebody_elses_gets_no_socket(alice: Person, bob: Person, claimed: str) -> None:
    """Bob signed in on Alice's device while her page was still open; or the address is forged."""
    socket = await visit(alice, f"?person={claimed.format(bob=bob.pk)}")
    assert (await socket.connect())[0]
    if claimed:
        assert await code_of(socket) == 4401
        socket = await visit(alice, f"?person={alice.pk}")
        assert (await socket.connect())[0]
    assert json.loads(await socket.receive_from())["type"] == "beat"
    await socket.disconnect()


async def test_a_made_up_session_matches_nobody() -> None:
    """Hazard 4."""
    for cookie in (b"sessionid=", b"sessionid=abc", b"sessionid=" + b"x" * 32):
        socket = Visitor(headers=[ORIGIN, (b"cookie", cookie)])
        assert (await socket.connect())[0]
        assert await code_of(socket) == 4401


async def test_reading_goes_over_the_socket(alice: Person, bob: Person, room: Room) -> None:
    await database_sync_to_async(say)(alice, room)
    socket = await visit(bob, f"?room={room.pk}")
    assert (await socket.connect())[0]
    assert json.loads(await socket.receive_from())["type"] == "beat"
    assert json.loads(await socket.receive_from()) == {
        "type": "latest",
        "read": {str(room.pk): 0},
        "draft": {},
    }
    await socket.send_to(text_data='{"type": "read", "seq": 1}')
    assert json.loads(await socket.receive_from())["type"] == "read"
    assert (await Member.objects.aget(room=room, person=bob)).read_seq == 1
    await socket.disconnect()


async def answer_to(socket: Visitor, message_id: str) -> dict[str, Any]:
    """The socket's answer to a post, without frames and beats."""
    while True:
        text = await socket.receive_from()
        if not text.startswith("<") and (answer := json.loads(text)).get("id") == message_id:
            return answer


async def test_posting_goes_over_the_socket(alice: Person, room: Room) -> None:
    socket = await visit(alice, f"?room={room.pk}")
    await socket.connect()
    post = {"type": "post", "id": str(uuid4()), "body": "Over the **socket**"}
    await socket.send_json_to(post)
    answer = await answer_to(socket, post["id"])
    message = await Message.objects.aget()
    assert answer == {"type": "posted", "id": str(message.pk), "version": message.version}
    assert "<strong>socket</strong>" in message.html
    # A repeat, as after a lost answer: the same answer, and the message itself in case it was missed.
    await socket.send_json_to(post)
    while not (text := await socket.receive_from()).startswith("<"):
        pass
    assert post["id"] in text
    assert await answer_to(socket, post["id"]) == answer
    assert await Message.objects.acount() == 1
    await socket.disconnect()


async def test_a_post_that_can_not_be_is_refused_in_words_and_the_socket_stays(
    alice: Person, bob: Person, room: Room, settings
) -> None:
    socket = await visit(bob, f"?room={room.pk}")
    await socket.connect()
    empty = str(uuid4())
    await socket.send_json_to({"type": "post", "id": empty, "body": "  "})
    answer = await answer_to(socket, empty)
    assert (answer["type"], answer["text"]) == ("refused", "Write a message first.")
    settings.CHAT_LIMITS = {"post": (2, 60)}
    limited = str(uuid4())
    for message_id in (str(uuid4()), str(uuid4()), limited):
        await socket.send_json_to({"type": "post", "id": message_id, "body": "Words"})
    answer = await answer_to(socket, limited)
    assert (answer["type"], answer["retry_after"] > 0) == ("refused", True)
    await socket.disconnect()


async def test_a_post_that_fails_says_so_and_is_logged(
    alice: Person, room: Room, monkeypatch: pytest.MonkeyPatch, caplog
) -> None:
    socket = await visit(alice, f"?room={room.pk}")
    await socket.connect()
    for failing, retry_after in ((unreachable, 1), (faulty, None)):
        monkeypatch.setattr(post_batcher, "post_messages", failing)
        message_id = str(uuid4())
        await socket.send_json_to({"type": "post", "id": message_id, "body": "Words"})
        answer = await answer_to(socket, message_id)
        assert (answer["type"], answer["retry_after"]) == ("failed", retry_after)
    told = [record for record in caplog.records if "could not be stored" in record.getMessage()]
    assert [record.levelname for record in told] == ["WARNING", "ERROR"]
    assert (told[1].person, told[1].room) == (alice.pk, str(room.pk)), (
        "a fault of ours says whose post it was"
    )
    await socket.disconnect()


@pytest.mark.parametrize(
    "frame",
    [
        "not json",
        "[" * 60_000,
        '{"type": "read"}',
        '{"type": "read", "seq": "1"}',
        '{"type": "read", "seq": -1}',
        '{"type": "read", "seq": true}',
        '{"type": "read", "seq": 1e300}',
        '{"type": "post", "body": "no id"}',
        '{"type": "post", "id": "no-uuid", "body": "words"}',
        '{"type": "post", "id": "00000000-0000-4000-8000-000000000000", "body": 5}',
        "[]",
        "null",
        '{"type": "read", "seq": 1, "x": "' + "x" * 70_000 + '"}',
    ],
)
async def test_a_frame_that_makes_no_sense_closes_the_socket(
    alice: Person, room: Room, frame: str, caplog
) -> None:
    """Hazard 15."""
    socket = await visit(alice, f"?room={room.pk}")
    assert (await socket.connect())[0]
    await socket.send_to(text_data=frame)
    assert await code_of(socket) == 4400
    assert not caplog.records
    await socket.disconnect()


async def test_a_command_of_a_newer_release_does_nothing_and_too_many_of_them_close_the_socket(
    alice: Person, room: Room
) -> None:
    socket = await visit(alice, f"?room={room.pk}")
    await socket.connect()
    await socket.send_to(text_data='{"type": "shout", "words": ["a", "b"]}')
    message_id = str(uuid4())
    await socket.send_json_to({"type": "post", "id": message_id, "body": "Words"})
    assert (await answer_to(socket, message_id))["type"] == "posted"
    for _ in range(110):
        await socket.send_to(text_data='{"type": "shout"}')
    assert await code_of(socket) == 4400
    await socket.disconnect()


async def test_binary_frames_and_too_many_close_the_socket(alice: Person, room: Room, settings) -> None:
    settings.CHAT_LIMITS = {"post": (1, 10)}
    binary = await visit(alice)
    await binary.connect()
    await binary.send_to(bytes_data=b"\x00\xff")
    assert await code_of(binary) == 4400
    many = await visit(alice, f"?room={room.pk}")
    await many.connect()
    for _ in range(110):
        await many.send_to(text_data='{"type": "read", "seq": 0}')
    assert await code_of(many) == 4400
    await binary.disconnect()
    await many.disconnect()


async def test_what_is_said_while_the_database_waits_is_bounded_and_readings_become_one(
    alice: Person, room: Room, settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CHAT_LIMITS = {"post": (1000, 10)}
    asking, answered, asked = threading.Event(), threading.Event(), []

    def wait(*given: object) -> None:
        asked.append(given[-1])
        asking.set()
        answered.wait(10)

    monkeypatch.setattr(read_command, "mark_read", wait)
    socket = await visit(alice, f"?room={room.pk}")
    await socket.connect()
    try:
        await socket.send_json_to({"type": "read", "seq": 1})
        await asyncio.to_thread(asking.wait, 10)
        for seq in range(2, 6):
            await socket.send_json_to({"type": "read", "seq": seq})
        for _ in range(post_command.MAX_IN_FLIGHT + 1):
            await socket.send_json_to({"type": "post", "id": str(uuid4()), "body": "Words"})
        assert await code_of(socket) == 4013
    finally:
        answered.set()
    await socket.disconnect()
    assert await Message.objects.acount() == post_command.MAX_IN_FLIGHT
    assert asked == [1, 5]  # the shutdown waits for it, like for posts


async def test_a_reading_that_fails_leaves_the_socket_open_and_is_kept_when_that_works_again(
    alice: Person, bob: Person, room: Room, monkeypatch: pytest.MonkeyPatch, caplog
) -> None:
    monkeypatch.setattr(read_command, "AGAIN_SECONDS", 0.1)
    mine = Member.objects.filter(room=room, person=alice)
    await database_sync_to_async(say)(bob, room, "News")
    socket = await visit(alice, f"?room={room.pk}")
    await socket.connect()
    for error in (unreachable, faulty):
        with monkeypatch.context() as away:
            away.setattr(read_command, "mark_read", error)
            await socket.send_to(text_data='{"type": "read", "seq": 1}')
            post = {"type": "post", "id": str(uuid4()), "body": "Still here"}
            await socket.send_json_to(post)
            assert (await answer_to(socket, post["id"]))["type"] == "posted"
            await mine.aupdate(read_seq=0)  # posting marks the room as read
        kept = 0 if error is faulty else 1
        for _ in range(100):
            if (await mine.aget()).read_seq == kept:
                break
            await asyncio.sleep(0.05)
        assert (await mine.aget()).read_seq == kept
        assert ("could not be stored" in caplog.text) == (error is faulty)
    with monkeypatch.context() as away:
        away.setattr(read_command, "AGAIN_SECONDS", 60)
        away.setattr(read_command, "mark_read", unreachable)
        await socket.send_to(text_data='{"type": "read", "seq": 1}')
        await socket.disconnect()  # a shutdown does not wait for an unavailable service
    assert not current_hub().registry.connections


async def test_a_socket_that_fails_on_its_way_in_is_not_kept(
    alice: Person, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "authenticate", faulty)
    socket = await visit(alice, f"?room={room.pk}")
    await socket.send_input({"type": "websocket.connect"})
    with pytest.raises(ValueError, match="a fault of ours"):
        await socket.wait()
    assert not current_hub().registry.connections
    assert not current_hub().registry.handshakes


async def test_while_the_database_is_away_a_socket_is_asked_to_come_again(
    alice: Person, room: Room, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Everyone reconnects again and again: an error with its traceback for each would fill the log."""
    with monkeypatch.context() as away:
        away.setattr(access, "authenticate", unreachable)
        socket = await visit(alice, f"?room={room.pk}")
        assert (await socket.connect())[0]
        assert await code_of(socket) == 4013
    assert not [record for record in caplog.records if record.levelname in {"WARNING", "ERROR"}]
    assert (await (await visit(alice, f"?room={room.pk}")).connect())[0]
    assert len(current_hub().registry.connections) == 1
    assert not current_hub().registry.handshakes


def unreachable(*_: object) -> None:
    raise OperationalError


def faulty(*_: object) -> None:
    msg = "a fault of ours"
    raise ValueError(msg)


async def test_frames_that_pass_through_clean_up_no_connections(
    alice: Person, bob: Person, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``AsyncConsumer.dispatch`` would hop through the thread pool for each."""
    calls = []

    async def count() -> None:
        calls.append(1)

    monkeypatch.setattr("channels.consumer.aclose_old_connections", count)
    socket = await visit(bob, f"?room={room.pk}")
    await socket.connect()
    assert [json.loads(await socket.receive_from())["type"] for _ in range(2)] == ["beat", "latest"]
    for n in range(5):
        await database_sync_to_async(say)(alice, room, f"Number {n}")
        heard = await socket.receive_from()
        if '"sample"' in heard:  # before the frame
            heard = await socket.receive_from()
        assert f"Number {n}" in heard
    await socket.disconnect()
    assert not calls
