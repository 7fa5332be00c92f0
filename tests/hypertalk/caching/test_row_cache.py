"""Sessions and users come from the cache, and are invalidated the moment they change."""

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.db import transaction
from django.test import Client
from django.utils import timezone

from chat import actions
from chat.models import Person, Room
from hypertalk.caching import row_cache
from hypertalk.caching.row_cache import cache, cached_row, invalidate
from tests.conftest import client_of


@pytest.fixture(autouse=True)
def _remembering(settings: Any) -> None:
    """As with Redis; the tests have one process."""
    settings.ROW_CACHE_SECONDS = 30


@pytest.fixture
def remembered_client(alice: Person, django_assert_max_num_queries: Any) -> Client:
    """Alice's client, when her session and user are cached."""
    client = client_of(alice)
    client.get("/profile/")  # records that this session is in use
    cache.clear()  # signing in has just changed both
    client.get("/profile/")
    with django_assert_max_num_queries(3) as asked:
        assert client.get("/profile/").status_code == 200
    assert "excerpt" in asked.captured_queries[0]["sql"]  # the room list, and no query for the user
    return client


@pytest.mark.parametrize("how", ["one by one", "all at once", "expired"])
@pytest.mark.django_db(transaction=True)
def test_a_session_that_is_gone_opens_nothing_any_more(remembered_client: Client, how: str) -> None:
    session = Session.objects.get()
    if how == "one by one":
        session.delete()
    elif how == "all at once":
        Session.objects.all().delete()
    else:
        session.expire_date = timezone.now() - timedelta(seconds=1)
        session.save()
    assert remembered_client.get("/profile/").status_code == 302


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", [{"is_active": False}, {"password": "another"}])
def test_who_is_deactivated_or_has_another_password_is_out(
    remembered_client: Client, alice: Person, change: dict[str, Any]
) -> None:
    for name, value in change.items():
        setattr(alice.user, name, value)
    alice.user.save()
    assert remembered_client.get("/profile/").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_another_name_is_there_at_once(remembered_client: Client, alice: Person) -> None:
    actions.rename_person(alice, "Alix")
    assert "Alix" in remembered_client.get("/profile/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_cache_that_takes_no_marks_is_not_believed(
    remembered_client: Client, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full Redis still returns what it has: a session must not outlive its end there."""

    def full(*_: Any, **__: Any) -> None:
        raise ConnectionError

    for name in ("set", "add", "delete"):
        monkeypatch.setattr(cache, name, full, raising=False)
    Session.objects.all().delete()
    assert remembered_client.get("/profile/").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_a_mark_that_the_cache_did_not_take_is_made_when_it_does(
    remembered_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signed out in a process that did not reach Redis for a moment: the others must not trust the session for long."""
    with monkeypatch.context() as moment:
        for name in ("get", "set", "delete"):
            moment.setattr(cache, name, _away, raising=False)
        Session.objects.all().delete()
    with monkeypatch.context() as other:
        other.setattr(row_cache, "_unmarked", {})
        assert remembered_client.get("/profile/").status_code == 200  # another process, until then
    client_of(Person.objects.get()).get("/profile/")  # any request in this process
    assert not row_cache._unmarked
    assert remembered_client.get("/profile/").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_a_cache_that_keeps_nothing_new_fails_nobody(alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of(alice)
    cache.clear()

    def full(*_: Any, **__: Any) -> None:
        raise ConnectionError

    monkeypatch.setattr(cache, "add", full, raising=False)
    assert client.get("/profile/").status_code == 200


def test_what_is_kept_of_a_session_does_not_open_a_door(remembered_client: Client) -> None:
    session = Session.objects.get()
    kept = cache.get(row_cache._key(Session, session.session_key))
    assert kept == (session.session_data, session.expire_date)
    assert session.session_key not in repr(kept)


@pytest.mark.django_db(transaction=True)
def test_who_read_before_a_change_can_not_put_the_old_one_back(alice: Person) -> None:
    users = get_user_model()
    cache.clear()

    def read_then_something_changes() -> Any:
        old = users._default_manager.get(pk=alice.user_id)
        alice.user.is_active = False
        alice.user.save()
        return old

    cached_row(users, alice.user_id, read_then_something_changes)
    now = cached_row(users, alice.user_id, lambda: users._default_manager.get(pk=alice.user_id))
    assert now is not None
    assert not now.is_active


@pytest.mark.django_db(transaction=True)
def test_what_was_cached_while_a_change_was_not_committed_is_invalidated_after_it(alice: Person) -> None:
    users = get_user_model()
    old = users._default_manager.get(pk=alice.user_id)
    with transaction.atomic():
        invalidate(users, alice.user_id)
        cache.clear()  # as if the marker had expired in a long transaction
        cached_row(users, alice.user_id, lambda: old)
    kept = cached_row(users, alice.user_id, lambda: None)
    assert kept is None


def test_without_a_cache_the_database_is_asked(
    alice: Person, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(alice)

    def away(*_: Any, **__: Any) -> Any:
        raise ConnectionError

    for name in ("get", "set", "add"):
        monkeypatch.setattr(cache, name, away, raising=False)
    assert client.get(f"/rooms/{room.pk}/").status_code == 200
    alice.user.save()


@pytest.mark.cache
def test_many_threads_without_a_cache_do_not_trip_over_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each request iterates over the unmarked keys, and removes expired ones; sign-outs add keys meanwhile."""
    for name in ("get", "set", "delete"):
        monkeypatch.setattr(cache, name, _away, raising=False)
    monkeypatch.setattr(row_cache, "_unmarked", {f"gone:{each}": 0.0 for each in range(20_000)})
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as threads:

            def come_and_go(number: int) -> int | None:
                row_cache._invalidate(row_cache._key(Session, number))
                return cached_row(Session, number, lambda: number)

            assert list(threads.map(come_and_go, range(200))) == list(range(200))
    finally:
        sys.setswitchinterval(interval)
    assert not [key for key in row_cache._unmarked if key.startswith("gone")]


def _away(*_: Any, **__: Any) -> Any:
    raise ConnectionError
