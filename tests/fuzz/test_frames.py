"""Random frames: the socket answers or closes with a code of docs/delivery.md, nothing is logged, others are unaffected."""

import asyncio
import copy
import json
import random
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest
from channels.db import database_sync_to_async
from hypothesis import given
from hypothesis import strategies as st

from chat.live.commands import FRAME_LIMIT, Malformed, parse
from chat.live.hub import current_hub
from chat.live.post_command import Post
from chat.models import Person, Room
from tests.conftest import say
from tests.fuzz.budget import looks
from tests.fuzz.inspecting import Noted
from tests.fuzz.words import ODD, TOKENS
from tests.support.live import stop
from tests.support.visitor import ORIGIN, Visitor, key_of

CLOSED_WITH = {4400, 4401, 4403, 4404, 4013}
ANSWERS = {"beat", "latest", "posted", "refused", "read", "rooms", "draft", "sample"}

scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.sampled_from(ODD), st.text(max_size=20)
)
anything = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=5), inner)),
    max_leaves=8,
)


def valid() -> st.SearchStrategy[dict[str, Any]]:
    """A valid frame of each kind, as a page sends it."""
    return st.one_of(
        st.builds(lambda seq: {"type": "read", "seq": seq}, st.integers(0, 5)),
        st.builds(lambda number: {"type": "seen", "number": number}, st.integers(0, 5)),
        st.builds(
            lambda key, body: {"type": "post", "id": str(key), "body": body},
            st.uuids(version=4),
            st.one_of(st.sampled_from(ODD), st.text(max_size=40)),
        ),
    )


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A valid one with a part replaced, doubled, left out or added; or its text cut, repeated or corrupted."""
    frame = copy.deepcopy(draw(valid()))
    for _ in range(draw(st.integers(0, 2))):
        name = draw(st.sampled_from(sorted(frame)) if frame else st.just("type"))
        match draw(st.integers(0, 4)):
            case 0:
                frame.pop(name, None)
            case 1:
                frame[name] = draw(anything)
            case 2:
                frame[draw(st.sampled_from((*TOKENS, "__proto__", "room", "person")))] = draw(anything)
            case 3:
                frame[name] = [frame.get(name)]
            case _:
                frame = {"type": frame}
    text = json.dumps(frame, ensure_ascii=draw(st.booleans()))
    match draw(st.integers(0, 9)):
        case 0:
            text = text[: draw(st.integers(0, len(text)))]
        case 1:
            text += draw(st.sampled_from(("}", "\0", text, " " * 100, "\ufeff", "//")))
        case 2:
            text = text.replace('"type"', '"type": "read", "type"', 1)
        case 3:
            text = "\ufeff" + text
    return text


deep = st.sampled_from(
    [
        "[" * 60_000,
        '{"type":' * 8000,
        '{"type": "post", "id": ' + "[" * 60_000,
        '{"type": "read", "seq": ' + "9" * 60_000 + "}",
        '{"type": "read", "seq": 1e9999}',
        '{"type": "post", "id": "x", "body": "' + "\\ud800" * 10_000 + '"}',
        "x" * (FRAME_LIMIT + 1),
        '"' + "\\u0000" * 10_000 + '"',
        "-" * 60_000,
    ]
)
texts = st.one_of(mutated(), mutated(), mutated(), deep, st.text(max_size=60), st.sampled_from(TOKENS))
frames = st.one_of(texts, texts, texts, st.binary(max_size=200))


@looks(150)
@given(texts)
def test_a_frame_is_one_of_three_or_unknown_or_malformed(text: str) -> None:
    try:
        found = parse(text)
    except Malformed:
        return
    match found:
        case [_, Post(key, body)]:
            assert isinstance(key, UUID)
            assert isinstance(body, str)
            assert len(body) <= FRAME_LIMIT
        case [_, number]:
            assert type(number) is int
            assert 0 <= number < 2**53
        case _:
            assert json.loads(text)["type"] not in {"post", "read", "seen"}


def is_malformed(frame: str | bytes) -> bool:
    try:
        parse(frame if isinstance(frame, str) else None)
    except Malformed:
        return True
    return False


async def visit(person: Person | None, query: str, *headers: tuple[bytes, bytes]) -> Visitor:
    return Visitor(await key_of(person) if person else "", f"/live/{query}", [ORIGIN, *headers])


async def end_of(socket: Visitor, sentinel: str) -> int | None:
    """The close code, or None if it answered the sentinel instead. Every answer is a known one."""
    while True:
        message = await socket.receive_output()
        if message["type"] == "websocket.close":
            return int(message["code"])
        text = message["text"]
        if text.startswith("<"):
            continue
        message = json.loads(text)
        assert message["type"] in ANSWERS, message
        if message.get("id") == sentinel:
            return None


@pytest.mark.django_db(transaction=True)
async def test_no_frame_breaks_a_socket_or_reaches_another(
    alice: Person, bob: Person, room: Room, settings
) -> None:
    settings.CHAT_LIMITS = {"post": (1_000_000, 10), "connect": (1_000_000, 10)}
    bystander = await visit(bob, f"?room={room.pk}")
    assert (await bystander.connect())[0]

    @looks(25)
    @given(st.lists(frames, max_size=6))
    async def tell(frames: list[str | bytes]) -> None:
        with Noted() as noted:
            socket = await visit(alice, f"?room={room.pk}")
            assert (await socket.connect())[0]
            for each in frames:
                part = "bytes" if isinstance(each, bytes) else "text"
                await socket.send_input({"type": "websocket.receive", part: each})
            sentinel = str(uuid4())
            await socket.send_json_to({"type": "post", "id": sentinel, "body": "  "})
            code = await end_of(socket, sentinel)
            await socket.disconnect()
        wrong = any(map(is_malformed, frames))
        assert code == (4400 if wrong else None)
        assert not noted.lines

    try:
        await asyncio.create_task(_all(tell))
        await database_sync_to_async(say)(alice, room, "Still heard")
        async with asyncio.timeout(10):
            while "Still heard" not in await bystander.receive_from():
                pass
        assert len(current_hub().registry.connections) == 1
        await bystander.disconnect()
    finally:
        await stop(current_hub())


async def _all(tell: Any) -> None:
    """Hypothesis calls a plain function: each example is awaited in the test's event loop."""
    inner, loop = tell.hypothesis.inner_test, asyncio.get_running_loop()

    def run(*args: Any, **kwargs: Any) -> None:
        random.seed()  # Hypothesis resets the random seed for each example, and channel names are random
        asyncio.run_coroutine_threadsafe(inner(*args, **kwargs), loop).result(60)

    tell.hypothesis.inner_test = run
    await asyncio.to_thread(tell)


@pytest.mark.django_db(transaction=True)
async def test_no_handshake_breaks_anything(alice: Person, room: Room, settings) -> None:
    settings.CHAT_LIMITS = {"connect": (1_000_000, 10)}
    words = st.one_of(
        st.sampled_from(ODD), st.sampled_from(TOKENS), st.just(str(room.pk)), st.text(max_size=20)
    )

    @looks(25)
    @given(
        st.lists(st.tuples(st.sampled_from(("room", "person", "x", "")), words), max_size=4),
        st.sampled_from(
            (b"cookie", b"origin", b"host", b"user-agent", b"x-forwarded-for", b"sec-websocket-protocol")
        ),
        words,
        st.booleans(),
    )
    async def come(asked: list[tuple[str, str]], name: bytes, value: str, signed_in: bool) -> None:
        def raw(text: str) -> bytes:
            return text.encode("utf-8", "surrogatepass")[:4000]

        query = "&".join(f"{each}={quote(raw(given))}" for each, given in asked)
        with Noted() as noted:
            socket = await visit(alice if signed_in else None, f"?{query}", (name, raw(value)))
            if (await socket.connect())[0]:
                first = await socket.receive_output()
                if first["type"] == "websocket.close":
                    assert first["code"] in CLOSED_WITH
                else:
                    assert signed_in
                    assert json.loads(first["text"])["type"] == "beat"
            await socket.disconnect()
        assert not noted.lines

    try:
        await _all(come)
        assert not current_hub().registry.connections
    finally:
        await stop(current_hub())
