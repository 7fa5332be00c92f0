"""Two processes whose clocks are an hour apart, and neither is right: the database's clock counts."""

import asyncio
import itertools
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import psycopg
import pytest

from tests.faults.breaking import Done, talk_while
from tests.faults.conftest import Room, talking
from tests.faults.deployment import Deployment, Front
from tests.faults.out import nothing_more_is_heard, put_out
from tests.support.screen import Screen
from tests.support.signed_in import signed_in

SAID, FEWER = 50, 20  # messages by each; the library that shifts clocks is slow
AHEAD, BEHIND = timedelta(minutes=45), timedelta(minutes=-15)
LIBRARIES = ("/usr/lib", "/usr/local/lib", "/opt/homebrew/lib")

INVITE = """
from datetime import timedelta
from django.utils import timezone
from chat import actions
from chat.models import Member, Invitation
owner = Member.objects.get(pk={owner}).person
for minutes in (30, -5):
    link = actions.make_link(owner, "{room}")
    Invitation.objects.filter(pk=link.pk).update(expires_at=timezone.now() + timedelta(minutes=minutes))
    print("TOKEN" + link.token)
actions.silence_member(owner, "{room}", {silenced}, timedelta(minutes=30))
"""


def faketime() -> str:
    """The library that shifts a program's clock."""
    found = (path for folder in LIBRARIES for path in Path(folder).glob("**/libfaketimeMT.so.1"))
    path = next(found, None)
    if path is None:
        pytest.skip("needs the package libfaketime")
    return str(path)


@pytest.fixture(scope="module")
def apart(deployment: Deployment, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Front]]:
    folder = tmp_path_factory.mktemp("clocks")
    shift = {"LD_PRELOAD": faketime(), "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    fronts = [
        Front(deployment, folder, FAKETIME=f"{by.total_seconds():+.0f}", **shift) for by in (AHEAD, BEHIND)
    ]
    deadline = time.monotonic() + 20
    while not all("the database's" in front.daphne.log.read_text() for front in fronts):
        assert time.monotonic() < deadline, "they do not know that their clocks are off"
        time.sleep(0.1)
    yield fronts
    for front in fronts:
        front.stop()


@pytest.fixture
def between(room: Room, apart: list[Front]) -> Iterator[Room]:
    """The room of two processes whose clocks differ."""
    mine = room.deployment.fronts
    room.deployment.fronts = apart
    yield room
    room.deployment.fronts = mine


def people(room: Room, name: str) -> list[httpx.AsyncClient]:
    """A person's two devices: at the process that is ahead, and at the one that is behind."""
    return [
        httpx.AsyncClient(base_url=front.url, timeout=30, **signed_in(room.sessions[name]))
        for front in room.deployment.fronts
    ]


async def test_a_room_of_two_processes_with_clocks_an_hour_apart(between: Room) -> None:
    began = datetime.now(UTC)

    async def breaking(done: Done) -> None:
        await done.wait()

    async with talking(between) as talkers:
        since = await talk_while(between, SAID, breaking)
        await between.converge("clocks of two processes an hour apart, both wrong", "all the time", since)
        shown = [html for _, html in talkers[0].window()]
    times = [
        datetime.fromisoformat(found) for html in shown for found in re.findall(r'datetime="([^"]+)"', html)
    ]
    assert times, shown[-1]
    assert min(times) > began - timedelta(seconds=5), "no message of an hour ago"
    assert max(times) < datetime.now(UTC) + timedelta(seconds=5), "nor of the next hour"
    async with await psycopg.AsyncConnection.connect(between.deployment.url) as database:
        rows = await database.execute(
            "SELECT created_at, edited_at, deleted_at FROM chat_message WHERE room_id = %s ORDER BY seq",
            [between.id],
        )
        kept = await rows.fetchall()
    created = [row[0] for row in kept]
    assert created == sorted(created), "the order of times is that of the room"
    assert all(changed >= row[0] for row in kept for changed in row[1:] if changed)


async def test_what_has_an_end_ends_at_the_same_time_in_both(between: Room) -> None:
    owner, silenced = between.members["p00"], between.members["p01"]
    written = people(between, "p01")
    ids = []
    for client in written:  # an older message, to be edited
        screen = f"/rooms/{between.id}/messages/"
        key = f"00000000-0000-4000-8000-{len(ids):04x}{between.id[:8]}"
        assert (await client.post(screen, data={"id": key, "body": "before"})).status_code == 201
        ids.append(key)
    out = between.deployment.manage(
        "shell", "--no-imports", "-c", INVITE.format(owner=owner, room=between.id, silenced=silenced)
    )
    good, over = re.findall(r"TOKEN(\S+)", out)
    guests = [httpx.AsyncClient(base_url=front.url) for front in between.deployment.fronts]
    for guest in guests:
        assert (await guest.get(f"/invitations/{good}/")).status_code == 200
        assert (await guest.get(f"/invitations/{over}/")).status_code == 410
    for client in written:
        for key in ids:
            answer = await client.post(f"/messages/{key}/edit/", data={"body": "after"})
            assert answer.status_code == 403, "silenced for half an hour more"
    # Three exports an hour, whichever process they are requested from.
    if datetime.now(UTC).minute == 59:  # the hour is about to end
        await asyncio.sleep(61 - datetime.now(UTC).second)
    exporting = people(between, "p02")
    answers = [await client.post("/profile/export/") for client in (*exporting, *exporting, *exporting)]
    assert sum(answer.status_code == 200 for answer in answers) == 3
    waits = [int(answer.headers["Retry-After"]) for answer in answers if answer.status_code == 429]
    left = 3600 - time.time() % 3600
    assert len(waits) == 3
    assert all(abs(wait - left) < 10 for wait in waits), (waits, left)
    for client in (*written, *guests, *exporting):
        await client.aclose()


async def test_who_is_out_hears_nothing_more_whatever_the_time(between: Room) -> None:
    async def clocks_an_hour_apart(room: Room) -> None:
        await put_out(room)

    await nothing_more_is_heard(between, clocks_an_hour_apart, FEWER)


async def test_of_two_drafts_the_later_one_wins(between: Room) -> None:
    ahead, behind = people(between, "p03")
    turns = itertools.cycle((ahead, behind))
    for number in range(4):
        body = f"half-typed, {number}"
        answer = await next(turns).post(f"/rooms/{between.id}/draft/", data={"body": body, "age": 0})
        assert answer.json()["body"] == body, "it was typed last"
    await ahead.aclose()
    await behind.aclose()


async def test_signing_in_at_one_counts_at_the_other_and_so_does_signing_out(between: Room) -> None:
    ahead, behind = between.deployment.fronts
    asked = f"Member.objects.get(pk={between.members['p04']}).person.user.email"
    code = f"from chat.models import Member; print('MAIL' + {asked})"
    out = between.deployment.manage("shell", "--no-imports", "-c", code)
    email = out.partition("MAIL")[2].strip()
    for here, there in ((ahead, behind), (behind, ahead)):
        async with httpx.AsyncClient(base_url=here.url, follow_redirects=True, timeout=30) as client:
            await client.get("/accounts/login/")
            form = {
                "login": email,
                "password": "talk-to-me",
                "csrfmiddlewaretoken": client.cookies["csrftoken"],
            }
            await client.post("/accounts/login/", data=form, headers={"Referer": here.url})
            session = client.cookies["sessionid"]
            elsewhere = httpx.AsyncClient(base_url=there.url, cookies={"sessionid": session})
            assert (await elsewhere.get(f"/rooms/{between.id}/")).status_code == 200
            await elsewhere.aclose()
            async with Screen(there.url, session, between.id) as screen:
                form = {"csrfmiddlewaretoken": client.cookies["csrftoken"]}
                await client.post("/accounts/logout/", data=form, headers={"Referer": here.url})
                await screen.until(lambda screen=screen: screen.code == 4401, 5)
