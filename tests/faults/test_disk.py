"""The disk is full: writers are told so, nothing is stored half-way, and writes work again once there is space."""

import asyncio
import os
import random
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from PIL import Image

from tests.faults.breaking import Done, talk_while
from tests.faults.conftest import PEOPLE, Room, talking
from tests.faults.deployment import Deployment, Front
from tests.faults.out import nothing_more_is_heard, put_out
from tests.support.arranging import arrange
from tests.support.services import Daphne, manage
from tests.support.signed_in import signed_in

SAID = 60  # messages by each
FULL_FOR = 8  # seconds
MEGABYTES = 96
CHUNK = 1 << 16


class Disk:
    """A small disk in memory. ``fill`` uses all its space, ``empty`` frees it."""

    def __init__(self, folder: Path, owner: int) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"
        made = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m,mode=777,uid={owner}", "none", str(folder)],
            capture_output=True,
            check=False,
        )
        if made.returncode:
            pytest.skip("needs the right to mount a small disk")

    def fill(self) -> None:
        """Fill it to the last byte, including space that was freed since."""
        with suppress(OSError), self._ballast.open("ab", buffering=0) as ballast:
            for size in (CHUNK, 4096, 1):
                with suppress(OSError):
                    while ballast.write(b"\0" * size):
                        pass

    def empty(self) -> None:
        self._ballast.unlink(missing_ok=True)

    def remove(self) -> None:
        subprocess.run(["umount", "-l", str(self.folder)], check=True)


@contextmanager
def disk(folder: Path, owner: int) -> Iterator[Disk]:
    made = Disk(folder, owner)
    try:
        yield made
    finally:
        made.remove()


async def full_for(small: Disk, seconds: float) -> None:
    """Keep it full even if space is freed."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        await asyncio.to_thread(small.fill)
        await asyncio.sleep(0.2)


def picture() -> bytes:
    """300 kB or more, which a server may want to write to a file."""
    noise = Image.frombytes("RGB", (400, 400), random.Random("noise").randbytes(400 * 400 * 3))
    made = BytesIO()
    noise.save(made, "PNG")
    return made.getvalue()


def somebody(room: Room, number: int) -> httpx.AsyncClient:
    """A person who does not post, at a page without scripts."""
    session, url = list(room.sessions.values())[-number], room.deployment.fronts[0].url
    return httpx.AsyncClient(base_url=url, timeout=30, **signed_in(session, script=False))


async def is_told(client: httpx.AsyncClient, room: str) -> None:
    """Pages open; a write that fails is answered with a sentence and the text that was sent."""
    script = {"HX-Request": "true"}
    body = "long words, " * 800
    for _ in range(200):
        answer = await client.post(
            f"/rooms/{room}/messages/", data={"id": str(uuid4()), "body": body}, headers=script
        )
        if answer.status_code == 507:
            break
        assert answer.status_code == 201, answer.text
    assert answer.status_code == 507
    assert answer.text == "The server has no storage space left. Try again later."
    assert int(answer.headers["Retry-After"]) == 15
    plain = await client.post(f"/rooms/{room}/messages/", data={"id": str(uuid4()), "body": body})
    assert plain.status_code == 507
    assert "Storage is full" in plain.text
    assert "long words, long words" in plain.text
    for page in (f"/rooms/{room}/", "/rooms/", "/profile/", f"/rooms/{room}/messages/?before=100"):
        assert (await client.get(page)).status_code == 200, page


async def picture_of(client: httpx.AsyncClient) -> int:
    upload = {"picture": ("me.png", picture(), "image/png")}
    return (await client.post("/profile/picture/", files=upload)).status_code


def nothing_odd(log: str) -> None:
    for word in ("Traceback", "Unhandled"):
        assert word not in log, log[log.index(word) - 500 :][:3000]


@pytest.fixture
def small(deployment: Deployment) -> Iterator[Disk]:
    """PostgreSQL stores this database's tables there."""
    folder = Path(deployment.postgres.socket).parent / "small"
    folder.mkdir()
    with disk(folder, Path(deployment.postgres.socket).stat().st_uid) as made:
        tables = folder / "tables"
        tables.mkdir()
        shutil.chown(tables, Path(deployment.postgres.socket).stat().st_uid)
        tables.chmod(0o700)
        with psycopg.connect(deployment.url, autocommit=True) as database:
            database.execute(f"CREATE TABLESPACE small LOCATION '{tables}'")
            move(database, "pg_default", "small")
            try:
                yield made
            finally:
                made.empty()
                move(database, "small", "pg_default")
                database.execute("DROP TABLESPACE small")
    folder.rmdir()


def move(database: psycopg.Connection, there: str, here: str) -> None:
    for what in ("TABLE", "INDEX"):
        database.execute(f"ALTER {what} ALL IN TABLESPACE {there} SET TABLESPACE {here}")


async def full_and_empty_again(room: Room, small: Disk) -> None:
    """Two people who do not post get the error; later a write by one of them works."""
    filled = asyncio.create_task(full_for(small, FULL_FOR))
    await asyncio.sleep(1)
    async with somebody(room, 1) as writer, somebody(room, 2) as poser:
        await is_told(writer, room.id)
        assert await picture_of(poser) == 507
        await filled
        small.empty()
        assert await picture_of(poser) == 302, "there is room again"


async def test_the_disk_of_postgres_is_full(room: Room, small: Disk) -> None:
    fronts = room.deployment.fronts
    async with talking(room, count=PEOPLE - 2):
        since = await talk_while(room, SAID, lambda _: full_and_empty_again(room, small))
        await room.converge("the disk of PostgreSQL is full", f"{FULL_FOR} s", since)
        assert sum(talker.sent_again for talker in room.talkers), "nobody's words had to wait"
    for front in fronts:
        nothing_odd(front.daphne.log.read_text())
    with psycopg.connect(room.deployment.url) as database:
        rows = database.execute(
            "SELECT r.version, r.last_seq, MAX(m.seq), COUNT(*) FROM chat_room r JOIN chat_message m ON m.room_id = r.id"
            " WHERE r.id = %s GROUP BY r.id",
            [room.id],
        )
        version, last, highest, count = rows.fetchone() or ()
        assert last == highest == count <= version
        assert database.execute("SELECT COUNT(*) FROM chat_picture").fetchone() == (1,)


async def test_who_is_out_hears_nothing_more_though_the_disk_is_full(room: Room, small: Disk) -> None:
    async def the_disk_is_full(room: Room) -> None:
        await put_out(room)
        await full_for(small, FULL_FOR)
        small.empty()

    await nothing_more_is_heard(room, the_disk_is_full)


async def test_the_disk_of_the_log_and_of_temporary_files_is_full(room: Room, tmp_path: Path) -> None:
    """A server that logs each request to a file on a full disk."""
    mine = room.deployment.fronts
    with disk(tmp_path, os.getuid()) as small:
        room.deployment.fronts = [
            Front(room.deployment, tmp_path, LOG_LEVEL="DEBUG", TMPDIR=str(tmp_path)) for _ in range(2)
        ]

        async def breaking(_: Done) -> None:
            filled = asyncio.create_task(full_for(small, FULL_FOR))
            await asyncio.sleep(1)
            async with somebody(room, 2) as client:
                assert await picture_of(client) == 302, "what it needs is in memory"
            await filled
            small.empty()

        try:
            async with talking(room, count=PEOPLE - 2):
                since = await talk_while(room, SAID, breaking)
                await room.converge(
                    "the disk of the log and of temporary files is full", f"{FULL_FOR} s", since
                )
            for front in room.deployment.fronts:
                nothing_odd(front.daphne.log.read_text(errors="replace"))
        finally:
            for front in room.deployment.fronts:
                front.stop()
            room.deployment.fronts = mine


@dataclass
class Alone:
    """A workspace of one process on SQLite, without Redis, with the parts of ``Deployment`` that a room needs."""

    daphne: Daphne

    @property
    def fronts(self) -> list["Alone"]:
        return [self]

    @property
    def url(self) -> str:
        return self.daphne.url


async def test_the_disk_of_sqlite_is_full(tmp_path: Path) -> None:
    names = [f"p{number:02}" for number in range(PEOPLE)]
    (tmp_path / "disk").mkdir()
    with disk(tmp_path / "disk", os.getuid()) as small:
        database = small.folder / "db.sqlite3"
        env = {
            "DATABASE_URL": f"sqlite:///{database}",
            "REDIS_URL": "",
            "DEBUG": "1",
            "POST_LIMIT": "100000/1s",
        }
        manage({**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", **env}, "migrate", "-v", "0")
        daphne = Daphne(tmp_path, **env)
        made = arrange(daphne.elsewhere, names, "sqlite")
        deployment: Any = Alone(daphne)
        room = Room(deployment, made.room, made.sessions, made.members, random.Random("sqlite"))

        try:
            async with talking(room, count=PEOPLE - 2):
                since = await talk_while(room, SAID, lambda _: full_and_empty_again(room, small))
                await room.converge("the disk of SQLite is full", f"{FULL_FOR} s", since)
                assert sum(talker.sent_again for talker in room.talkers), "nobody's words had to wait"
            nothing_odd(daphne.log.read_text())
        finally:
            daphne.stop()
        with closing(sqlite3.connect(database)) as kept:
            assert kept.execute("PRAGMA integrity_check").fetchone() == ("ok",)
