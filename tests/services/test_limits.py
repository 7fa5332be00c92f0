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
def daphnes(deployment: Deployment, tmp_path: Path) -> Iterator[list[Daphne]]:
    """Two more processes of the workspace, with a limit that is easy to reach and a long window."""
    env = {**deployment.one.env, "CONNECT_LIMIT": f"{MOST}/86400s", "REDIS_PREFIX": f"limits-{tmp_path.name}"}
    made = [Daphne(tmp_path, **env), Daphne(tmp_path, **env)]
    yield made
    for daphne in made:
        daphne.stop()


async def visit(daphne: Daphne, session: str, *, forged: str = "") -> int | None:
    """The socket's close code, or None if it was accepted."""
    headers = {"Cookie": f"sessionid={session}"} | ({"X-Forwarded-For": forged} if forged else {})
    address = daphne.url.replace("http", "ws") + "/live/"
    async with websockets.connect(address, origin=daphne.url, additional_headers=headers) as socket:
        try:
            await socket.recv()
        except websockets.ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006
        return None


async def test_two_processes_count_one_address_together(daphnes: list[Daphne], scene: Scene) -> None:
    codes = [await visit(daphnes[n % 2], scene.sessions["bob"], forged=f"203.0.113.{n}") for n in range(30)]
    assert codes == [None] * MOST + [4013] * 10


async def test_while_redis_is_away_each_counts_alone(
    deployment: Deployment, daphnes: list[Daphne], scene: Scene
) -> None:
    deployment.redis.stop()
    try:
        for daphne in daphnes:
            codes = [await visit(daphne, scene.sessions["bob"]) for _ in range(25)]
            assert codes == [None] * MOST + [4013] * 5
    finally:
        deployment.redis.start()
