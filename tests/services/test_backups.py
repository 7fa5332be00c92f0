"""A backup while people post, on both databases, restored into the other kind and back, with pages that stay open."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.hypertalk.test_backups import contents
from tests.services.conftest import Deployment
from tests.support.arranging import Scene, arrange
from tests.support.screen import Screen
from tests.support.services import Daphne

REFERENCES = {
    "chat_member": {"room_id": "chat_room", "person_id": "chat_person"},
    "chat_message": {"room_id": "chat_room", "author_id": "chat_person"},
    "chat_person": {"user_id": "accounts_user"},
}


@pytest.fixture
def database(deployment: Deployment, tmp_path: Path) -> Callable[[str, str], str]:
    """Returns the URL of a new database: (kind, name)."""

    def make(kind: str, name: str) -> str:
        return (
            deployment.postgres.create(name) if kind == "postgres" else f"sqlite:///{tmp_path}/{name}.sqlite3"
        )

    return make


@pytest.fixture
def serve(deployment: Deployment, tmp_path: Path) -> Iterator[Callable[[str], Daphne]]:
    """A Daphne on its own database; with PostgreSQL it also uses Redis."""
    running = []

    def start(url: str) -> Daphne:
        redis = {"REDIS_URL": deployment.redis.url, "REDIS_PREFIX": url[-12:]} if "postgres" in url else {}
        env = {"DATABASE_URL": url, "DEBUG": "1", "POST_LIMIT": "100000/1s", "REDIS_URL": "", **redis}
        running.append(Daphne(tmp_path, **env))
        return running[-1]

    yield start
    for daphne in running:
        daphne.stop()


def begin(daphne: Daphne, tag: str) -> Scene:
    daphne.manage("migrate", "--verbosity", "0")
    return arrange(daphne.elsewhere, ["alice", "bob"], tag)


def consistent(path: Path) -> int:
    """All values are from the same moment. Returns the number of messages."""
    found = {table: [json.loads(row) for row in rows] for table, rows in contents(path).items()}
    keys = {table: {row["id"] for row in rows if "id" in row} for table, rows in found.items()}
    for table, columns in REFERENCES.items():
        for row in found[table]:
            for column, other in columns.items():
                assert row[column] in keys[other], (table, column)
    counted = Counter(message["room_id"] for message in found["chat_message"])
    highest: dict[str, int] = {}
    for message in found["chat_message"]:
        highest[message["room_id"]] = max(highest.get(message["room_id"], 0), message["seq"])
    for room in found["chat_room"]:
        assert room["last_seq"] == highest.get(room["id"], 0) == counted[room["id"]]
    for member in found["chat_member"]:
        assert member["read_seq"] <= counted[member["room_id"]]
    return len(found["chat_message"])


async def manage(daphne: Daphne, *command: str, **env: str) -> str:
    return await asyncio.to_thread(daphne.manage, *command, **env)


def as_it_was(screen: Screen, session: str) -> Screen:
    """The page from before the restore, still open; its person has signed in again."""
    again = Screen(screen.url, session, screen.room)
    again.page, again.shown = screen.page, screen.shown
    return again


async def sign_in(daphne: Daphne, member: int) -> str:
    code = (
        "from django.test import Client; from chat.models import *;"
        f"c = Client(); c.force_login(Member.objects.get(pk={member}).person.user);"
        "print('KEY' + c.cookies['sessionid'].value)"
    )
    return (await asyncio.to_thread(daphne.elsewhere, code)).partition("KEY")[2].strip()


@pytest.mark.parametrize(("kind", "other"), [("postgres", "sqlite"), ("sqlite", "postgres")])
async def test_a_backup_while_people_talk_and_the_way_back(
    kind: str, other: str, database: Any, serve: Any, tmp_path: Path
) -> None:
    daphne = serve(database(kind, f"talking-{kind}"))
    scene = await asyncio.to_thread(begin, daphne, "talk")
    path = tmp_path / "workspace.zip"
    async with (
        Screen(daphne.url, scene.sessions["alice"], scene.room) as alice,
        Screen(daphne.url, scene.sessions["bob"], scene.room) as bob,
    ):
        # Both post until the backup is done, and as long again, so that some messages are not in the backup.
        done = asyncio.Event()

        async def talk(screen: Screen) -> list[str]:
            said = []
            while not done.is_set():
                said.append(await screen.post(f"Number {len(said)}"))
            return said

        talking = asyncio.gather(talk(alice), talk(bob))
        await alice.until(lambda: len(alice.messages()) > 10)
        before = len(alice.messages())
        await manage(daphne, "backup", str(path))
        after = len(alice.messages())
        done.set()
        said = [message for each in await talking for message in each]
        lost = await alice.post("Nobody will remember this")
        await bob.until(lambda: lost in bob.messages())
    taken = await asyncio.to_thread(consistent, path)
    assert before <= taken <= after < len(said)

    # Restored into an empty database of the other kind and backed up again, every row is the same.
    elsewhere, again = database(other, f"elsewhere-{kind}"), tmp_path / "again.zip"
    await manage(daphne, "restore", str(path), DATABASE_URL=elsewhere, REDIS_URL="")
    await manage(daphne, "backup", str(again), DATABASE_URL=elsewhere, REDIS_URL="")
    assert contents(again) == contents(path)

    # Restored over the running workspace. Alice's page stayed open, and is ahead of the backup.
    held, page = alice.page.held, alice
    await asyncio.to_thread(daphne.stop)
    await manage(daphne, "restore", str(path), "--replace", "--yes")
    await asyncio.to_thread(daphne.start)
    async with httpx.AsyncClient(base_url=daphne.url, cookies={"sessionid": scene.sessions["alice"]}) as old:
        assert (await old.get(f"/rooms/{scene.room}/")).status_code == 302, "an old session still opens"
    session = await sign_in(daphne, scene.members["bob"])
    async with Screen(daphne.url, session, scene.room) as bob:
        # So many that without new numbers the room would pass Alice's version, and she would receive only the last
        # ones.
        new = await asyncio.gather(*(bob.post(f"Anew {n}") for n in range(len(said) - taken + 5)))
        session = await sign_in(daphne, scene.members["alice"])
        async with as_it_was(page, session) as alice:
            await alice.until(lambda: new[-1] in alice.messages())
            assert alice.page.held > held
            assert lost not in alice.messages()
            assert alice.messages() == bob.messages()[-len(alice.messages()) :]
            told = await alice.post("And on")
            await bob.until(lambda: told in bob.messages())
            await alice.until(lambda: alice.page.held == bob.page.held)


OLDER = """
import os
from uuid import uuid4
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

call_command("migrate", "chat", "0007", verbosity=0)
call_command("migrate", "accounts", verbosity=0)
now = str(timezone.now().replace(tzinfo=None))
with connection.cursor() as cursor:
    cursor.execute(
        "INSERT INTO accounts_user (email, password, is_active, is_staff, is_superuser, date_joined)"
        " VALUES (%s, %s, 1, 0, 0, %s)", ["old@example.com", "!", now])
    cursor.execute(
        "INSERT INTO chat_room (id, kind, name, topic, version, last_seq, epoch, floor, details_version,"
        " slow_seconds, keepers_only, created_at) VALUES (%s, %s, %s, %s, 1, 0, 0, 0, 1, 0, 0, %s)",
        [uuid4().hex, "open", "old room", "", now])
call_command("backup", os.environ["BACKUP"])
"""
BROUGHT_UP_TO_DATE = """
import os
from django.core.management import call_command
from chat.models import Member, Room

for replace in (False, True):
    call_command("restore", os.environ["BACKUP"], replace=replace, yes=replace)
    print("SEEN", *Room.objects.values_list("name", flat=True), Member.objects.filter(favourite=1).count())
    call_command("migrate", check_unapplied=True, verbosity=0)
"""


def test_an_older_backup_is_brought_up_to_date_on_both(
    deployment: Deployment, database: Any, tmp_path: Path
) -> None:
    """The backup is from before rooms had favourites. It can be restored into an empty database and over one in use."""
    old, path = database("sqlite", "old"), tmp_path / "old.zip"
    deployment.one.manage(
        "shell", "--no-imports", "-c", OLDER, DATABASE_URL=old, REDIS_URL="", BACKUP=str(path)
    )
    for kind in ("postgres", "sqlite"):
        env = {"DATABASE_URL": database(kind, f"new-{kind}"), "REDIS_URL": "", "BACKUP": str(path)}
        found = deployment.one.manage("shell", "--no-imports", "-c", BROUGHT_UP_TO_DATE, **env)
        assert [line for line in found.splitlines() if line.startswith("SEEN")] == ["SEEN old room 0"] * 2


def test_what_postgresql_refuses_is_named_and_left_out_on_the_way_from_sqlite(
    deployment: Deployment, database: Any, tmp_path: Path
) -> None:
    """NUL was let in by an older release, in a message's text and in JSON."""
    old = {"DATABASE_URL": database("sqlite", "refused"), "REDIS_URL": ""}
    deployment.one.manage("migrate", "--verbosity", "0", **old)
    make = """
from django.contrib.auth import get_user_model
from django.utils import timezone
from uuid import uuid4
from chat import actions
from chat.models import *
user = get_user_model()._default_manager.create_user("old@example.com", "talk-to-me")
person = actions.ensure_person(user, "Old")
room = actions.create_room(person, name="old-room", topic="", kind="open")
actions.post_message(person, room.pk, id=uuid4(), body="Kept")
Message.objects.update(html="https://example.com/" + chr(0) + "x")
Measure.objects.create(span=60, at=timezone.now(), process="p", figures={"a" + chr(0): "b" + chr(0)})
"""
    deployment.one.manage("shell", "--no-imports", "-c", make, **old)
    path = tmp_path / "refused.zip"
    deployment.one.manage("backup", str(path), **old)
    told = deployment.one.manage("restore", str(path), "--check", **old)
    assert "html has U+0000" in told
    assert "figures has U+0000" in told
    look = (
        "from chat.models import *; print('SEEN', Message.objects.get().html, Measure.objects.get().figures)"
    )
    for kind in ("postgres", "sqlite"):
        env = {"DATABASE_URL": database(kind, f"whole-{kind}"), "REDIS_URL": ""}
        assert "html has U+0000" in deployment.one.manage("restore", str(path), **env)
        seen = deployment.one.manage("shell", "--no-imports", "-c", look, **env).strip()
        assert seen == "SEEN https://example.com/x {'a': 'b'}"
