"""PostgreSQL: restarted, connections cut in mid-transaction, the response to a commit lost."""

import asyncio
import time

import httpx
import psycopg
import pytest

from tests.faults.breaking import Done, talk_while
from tests.faults.conftest import Room, talking


async def test_postgres_is_restarted(room: Room) -> None:
    async def breaking(done: Done) -> None:
        for _ in range(2):
            await asyncio.to_thread(room.deployment.postgres.restart)
            await done.after(1)

    async with talking(room):
        since = await talk_while(room, 100, breaking)
        await room.converge("PostgreSQL stops at once and recovers", "twice", since)


async def test_its_connections_are_cut_in_mid_transaction(room: Room) -> None:
    cut = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE xact_start IS NOT NULL AND pid <> pg_backend_pid() AND datname = current_database()"
    )
    many = 0

    async def breaking(done: Done) -> None:
        nonlocal many
        async with await psycopg.AsyncConnection.connect(room.deployment.url, autocommit=True) as database:
            for _ in range(100):
                many += (await database.execute(cut)).rowcount
                if await done.after(0.05):
                    break

    async with talking(room):
        since = await talk_while(room, 100, breaking)
        await room.converge(
            "transactions of PostgreSQL are cut in the middle", "20 times a second for 5 s", since
        )
        assert sum(talker.sent_again for talker in room.talkers), "none of them was a post's"
    assert many > 20, f"only {many} were under way just then"


async def test_a_workspace_is_back_as_soon_as_its_database_is(room: Room) -> None:
    """However long it was down: the waits between attempts to reconnect do not grow."""
    front = room.deployment.fronts[0]
    headers = {"Cookie": f"sessionid={room.sessions['p00']}"}
    async with httpx.AsyncClient(base_url=front.url, headers=headers, timeout=20) as client:
        front.database.down()
        for _ in range(3):
            began = time.monotonic()
            assert (await client.get("/rooms/")).status_code == 503
            assert time.monotonic() - began < 7, "a page says so soon"
        front.database.up()
        began = time.monotonic()
        assert (await client.get("/rooms/")).status_code == 200
        assert time.monotonic() - began < 3


@pytest.mark.short
async def test_the_answer_to_a_commit_is_lost(room: Room) -> None:
    ways = [front.database for front in room.deployment.fronts]
    lost = sum(way.lost for way in ways)

    async def breaking(done: Done) -> None:
        for _ in range(room.of(40)):
            for way in ways:
                way.lose = b"COMMIT"
            if await done.after(0.3):
                break
        for way in ways:
            way.lose = None

    async with talking(room):
        since = await talk_while(room, 100, breaking)
        await room.converge("the answer to a commit is lost", "three times a second in each process", since)
        assert sum(talker.sent_again for talker in room.talkers), "none of them was a post's"
    assert sum(way.lost for way in ways) > lost
