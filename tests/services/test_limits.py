"""Rate limits: counted together by two processes, and by each alone while Redis is down."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import websockets

from tests.services.conftest import Deployment
from tests.support.arranging import Scene
from tests.support.services import Daphne

MOST = 20


@pytest.fixture
def doors(deployment: Deployment, tmp_path: Path) -> Iterator[list[Daphne]]:
    """Two more processes of the workspace, with a limit that is easy to reach and a long window."""
    env = {**deployment.one.env, "CONNECT_LIMIT": f"{MOST}/86400s", "REDIS_PREFIX": f"limits-{tmp_path.name}"}
    made = [Daphne(tmp_path, **env), Daphne(tmp_path, **env)]
    yield made
    for door in made:
        door.stop()


async def visit(door: Daphne, session: str, *, forged: str = "") -> int | None:
    """The socket's close code, or None if it was accepted."""
    headers = {"Cookie": f"sessionid={session}"} | ({"X-Forwarded-For": forged} if forged else {})
    address = door.url.replace("http", "ws") + "/live/"
    async with websockets.connect(address, origin=door.url, additional_headers=headers) as socket:
        try:
            await socket.recv()
        except websockets.ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006
        return None


async def test_two_processes_count_one_address_together(doors: list[Daphne], scene: Scene) -> None:
    codes = [await visit(doors[n % 2], scene.sessions["bob"], forged=f"203.0.113.{n}") for n in range(30)]
    assert codes == [None] * MOST + [4013] * 10


async def test_while_redis_is_away_each_counts_alone(
    deployment: Deployment, doors: list[Daphne], scene: Scene
) -> None:
    deployment.redis.stop()
    try:
        for door in doors:
            codes = [await visit(door, scene.sessions["bob"]) for _ in range(25)]
            assert codes == [None] * MOST + [4013] * 5
    finally:
        deployment.redis.start()
