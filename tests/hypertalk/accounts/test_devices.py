"""The sessions of an account: listed for their owner only, ended one by one, and the effect of that."""

import asyncio
import time
from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from channels.db import database_sync_to_async
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from chat.live.hub import current_hub
from chat.models import Person, Room
from hypertalk.accounts.devices import NOTED_EVERY, described
from hypertalk.accounts.models import Workspace
from tests.conftest import client_of
from tests.support.live import stop
from tests.support.visitor import Visitor

SESSIONS = "/accounts/security/sessions/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Mobile/15E148 Safari/604.1"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _begun(db: None) -> None:
    Workspace().save()


def device(person: Person, agent: str = FIREFOX, address: str = "192.0.2.1") -> Client:
    """Signed in by password, from this browser and address."""
    client = Client(headers={"User-Agent": agent}, REMOTE_ADDR=address)
    client.post("/accounts/login/", {"login": person.user.email, "password": "talk-to-me"})
    return client


def key_of(client: Client) -> str:
    return client.cookies["sessionid"].value


def row_of(client: Client) -> UserSession:
    return UserSession.objects.get(session_key=key_of(client))


def is_in(client: Client) -> bool:
    return client.get("/rooms/").status_code == 200


def test_alice_sees_where_she_is_signed_in(alice: Person, bob: Person) -> None:
    here, phone = device(alice), device(alice, IPHONE, "2001:db8::1")
    device(bob, address="203.0.113.9")
    page = here.get(SESSIONS).content.decode()
    assert page.index("Firefox on Linux") < page.index("Safari on iPhone")
    assert page.index("This session") < page.index("Safari on iPhone")
    assert "2001:db8::1" in page
    assert "203.0.113.9" not in page
    for client in (here, phone):
        assert key_of(client) not in page


def test_ending_one_leaves_the_others(alice: Person) -> None:
    here, phone, tablet = device(alice), device(alice, IPHONE), device(alice)
    answer = here.post(SESSIONS, {"session": str(row_of(phone).pk)})
    assert answer["Location"] == SESSIONS
    assert [is_in(client) for client in (here, phone, tablet)] == [True, False, True]
    assert not Session.objects.filter(pk=key_of(phone)).exists()
    assert "Safari on iPhone" not in here.get(SESSIONS).content.decode()


def test_ending_all_others_leaves_this_one(alice: Person, bob: Person) -> None:
    here, bobs = device(alice), device(bob)
    others = [device(alice) for _ in range(3)]
    here.post(SESSIONS, {"session": "others"})
    assert is_in(here)
    assert is_in(bobs)
    assert not any(is_in(client) for client in others)
    assert "no other session" in here.post(SESSIONS, {"session": "others"}, follow=True).content.decode()


@pytest.mark.parametrize("chosen", ["", "0", "-1", "x", "9" * 40, "1.5", "\x00", "None", "٣"])
def test_what_is_no_session_of_ones_own_is_not_there(alice: Person, chosen: str) -> None:
    """Hazards 4, 8 and 18."""
    here = device(alice)
    assert here.post(SESSIONS, {"session": chosen}).status_code == 404
    assert is_in(here)


def test_nobody_ends_a_session_of_somebody_else(alice: Person, bob: Person) -> None:
    here, bobs = device(alice), device(bob)
    assert here.post(SESSIONS, {"session": str(row_of(bobs).pk)}).status_code == 404
    assert is_in(bobs)


def test_csrf_is_asked_for(alice: Person) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice.user)
    assert strict.post(SESSIONS, {"session": "others"}).status_code == 403


def test_sessions_that_open_nothing_are_not_listed(alice: Person) -> None:
    here, expired, gone = device(alice), device(alice), device(alice)
    Session.objects.filter(pk=key_of(expired)).update(expire_date=timezone.now() - timedelta(1))
    Session.objects.filter(pk=key_of(gone)).delete()
    assert [d.is_this for d in here.get(SESSIONS).context["devices"]] == [True]


def test_after_another_password_only_this_one_is_left(alice: Person) -> None:
    here, there = device(alice), device(alice)
    new = "another-fine-one"
    here.post("/accounts/password/change/", {"oldpassword": "talk-to-me", "password1": new, "password2": new})
    assert not is_in(there)
    assert [d.is_this for d in here.get(SESSIONS).context["devices"]] == [True]


def test_a_session_that_no_form_began_is_listed_too(alice: Person) -> None:
    """For example the first visitor's, or one from before the list existed."""
    made = client_of(alice)
    assert not UserSession.objects.exists()
    made.get("/rooms/")
    here = device(alice)
    assert len(here.get(SESSIONS).context["devices"]) == 2


def test_a_request_writes_nothing_but_once_an_hour(
    alice: Person, room: Room, django_assert_max_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = device(alice)
    for _ in range(2):
        here.get(f"/rooms/{room.pk}/")
    with django_assert_max_num_queries(8) as asked:
        here.get(f"/rooms/{room.pk}/")
    assert not [query for query in asked.captured_queries if "usersession" in query["sql"].lower()]
    assert not [query for query in asked.captured_queries if query["sql"].startswith(("UPDATE", "INSERT"))]
    seen = row_of(here).last_seen_at
    later = time.time() + NOTED_EVERY
    monkeypatch.setattr(time, "time", lambda: later)
    here.get(f"/rooms/{room.pk}/")
    assert row_of(here).last_seen_at > seen


def test_the_list_takes_the_same_queries_however_long(
    alice: Person, django_assert_max_num_queries: Any
) -> None:
    here = device(alice)
    here.get(SESSIONS)

    def count() -> int:
        with django_assert_max_num_queries(10) as asked:
            assert here.get(SESSIONS).status_code == 200
        return len(asked)

    few = count()
    for _ in range(6):
        device(alice)
    here.get(SESSIONS)
    assert count() == few


@pytest.mark.parametrize("address", ["", "fe80::1%eth0"])
def test_an_odd_address_keeps_nobody_out(alice: Person, address: str) -> None:
    """A server behind a Unix socket knows none."""
    assert is_in(device(alice, address=address))


@pytest.mark.parametrize("agent", ["", "x" * 5000, "<script>alert(1)</script>", "Фирефокс"])
def test_an_odd_browser_keeps_nobody_out(alice: Person, agent: str) -> None:
    here = device(alice, agent)
    assert "Unknown device" in here.get(SESSIONS).content.decode()


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, "Firefox on Linux"),
        (IPHONE, "Safari on iPhone"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/139.0.0.0 Safari/537.36 Edg/139.0.0.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/139.0.0.0 Mobile",
            "Chrome on Android",
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.5 Safari/605.1.15", "Safari on macOS"),
        ("curl/8.14.1 Linux", "Linux"),
    ],
)
def test_browsers_by_name(agent: str, name: str) -> None:
    assert described(agent) == name


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", ["one", "others"])
async def test_ending_a_session_elsewhere_closes_its_socket(alice: Person, room: Room, how: str) -> None:
    """Hazard 1, over the real socket."""

    def come() -> tuple[Client, Client, int]:
        here, there = device(alice), device(alice)
        return here, there, row_of(there).pk

    here, there, number = await database_sync_to_async(come)()
    sockets = [Visitor(key_of(client), f"/live/?room={room.pk}") for client in (here, there)]
    try:
        for socket in sockets:
            assert (await socket.connect())[0]
            for _ in ("beat", "latest"):
                assert (await socket.receive_output())["type"] == "websocket.send"
        chosen = str(number) if how == "one" else "others"
        await database_sync_to_async(here.post)(SESSIONS, {"session": chosen})
        async with asyncio.timeout(1):  # as promised
            message = await sockets[1].receive_output()
        assert (message["type"], message["code"]) == ("websocket.close", 4401)
        assert await database_sync_to_async(is_in)(here)
        await sockets[0].disconnect()
    finally:
        await stop(current_hub())
