"""The same table for sockets: receiving, posting and marking as read."""

import json
from typing import Any
from uuid import uuid4

import pytest
from channels.db import database_sync_to_async

from chat.live.hub import current_hub
from chat.models import Message, Room
from tests.policies.routes import ARCHIVED, CLOSED, DIRECT, OPEN
from tests.policies.table import table
from tests.policies.world import ALSO, NEVER, World, build
from tests.support.live import stop
from tests.support.visitor import Visitor, key_of

pytestmark = pytest.mark.django_db(transaction=True)
HEAR, WRITE, READ = "receive it live", "post messages", "mark it as read"
TABLE = table()


@pytest.fixture(autouse=True)
async def _stopped() -> Any:
    yield
    await stop(current_hub())


async def visit(world: World, name: str, scope: str) -> Visitor:
    key = "" if name == "signed out" else await key_of(world.person(name))
    socket = Visitor(key, f"/live/?room={world.room(scope).pk}")
    assert (await socket.connect())[0]
    return socket


async def told(socket: Visitor) -> dict[str, Any] | int:
    """The next JSON answer, or the close code; skips samples of the monitoring and latest values."""
    while True:
        message = await socket.receive_output()
        if message["type"] == "websocket.close":
            return int(message["code"])
        answer = json.loads(message["text"]) if message["text"].startswith("{") else {"type": "sample"}
        if answer["type"] not in {"sample", "latest"}:
            return answer  # type: ignore[no-any-return]


@pytest.mark.parametrize("scope", [CLOSED, OPEN, ARCHIVED, DIRECT])
async def test_who_hears_and_writes(scope: str) -> None:
    world = await database_sync_to_async(build)()
    room = world.room(scope)
    for column, hears in (TABLE[scope, HEAR] | dict.fromkeys(NEVER, False)).items():
        name = ALSO.get(column, column)
        socket = await visit(world, name, scope)
        first = await told(socket)
        if not hears:
            assert first == {"deactivated": 4403, "signed out": 4401}.get(name, 4404), column
            continue
        assert isinstance(first, dict), column
        assert first["type"] == "beat", column
        if TABLE.get((scope, READ), {}).get(column):
            seq = (await Room.objects.aget(pk=room.pk)).last_seq
            await socket.send_json_to({"type": "read", "seq": seq})
            assert await told(socket) == {"type": "read", "room": str(room.pk), "seq": seq}, column
        mine = uuid4()
        await socket.send_json_to({"type": "post", "id": str(mine), "body": "By socket"})
        answer = await told(socket)
        if isinstance(answer, dict) and answer["type"] == "read":  # posting marks the room as read
            answer = await told(socket)
        assert isinstance(answer, dict)
        may_write = TABLE[scope, WRITE][column]
        assert answer["type"] == ("posted" if may_write else "refused"), column
        assert await Message.objects.filter(pk=mine, room=room).aexists() == may_write
        await socket.disconnect()
