"""Sessions and users come from the cache, and are out of it the moment they change."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from chat.models import Person, Room
from hypertalk.remembering import forget, remembered
from tests.conftest import client_of


def test_a_second_request_asks_for_no_session_user_or_person(
    alice: Person, django_assert_max_num_queries
) -> None:
    client = client_of(alice)
    cache.clear()  # signing in changed both, just now
    client.get("/profile/")
    with django_assert_max_num_queries(2) as asked:
        client.get("/profile/")
    assert "excerpt" in asked.captured_queries[0]["sql"]  # the list of rooms


@pytest.mark.parametrize("how", ["one by one", "all at once", "expired"])
@pytest.mark.django_db(transaction=True)
def test_a_session_that_is_gone_opens_nothing_any_more(alice: Person, room: Room, how: str) -> None:
    client = client_of(alice)
    assert client.get(f"/rooms/{room.pk}/").status_code == 200
    session = Session.objects.get()
    if how == "one by one":
        session.delete()
    elif how == "all at once":
        Session.objects.all().delete()
    else:
        session.expire_date = timezone.now() - timedelta(seconds=1)
        session.save()
    assert client.get(f"/rooms/{room.pk}/").status_code == 302


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", [{"is_active": False}, {"password": "another"}])
def test_who_is_deactivated_or_has_another_password_is_out(
    alice: Person, room: Room, change: dict[str, Any]
) -> None:
    client = client_of(alice)
    assert client.get(f"/rooms/{room.pk}/").status_code == 200
    for name, value in change.items():
        setattr(alice.user, name, value)
    alice.user.save()
    assert client.get(f"/rooms/{room.pk}/").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_who_read_before_a_change_can_not_put_the_old_one_back(alice: Person) -> None:
    users = get_user_model()
    cache.clear()

    def read_then_something_changes() -> Any:
        old = users._default_manager.get(pk=alice.user_id)
        alice.user.is_active = False
        alice.user.save()
        return old

    remembered(users, alice.user_id, read_then_something_changes)
    now = remembered(users, alice.user_id, lambda: users._default_manager.get(pk=alice.user_id))
    assert now is not None
    assert not now.is_active


@pytest.mark.django_db(transaction=True)
def test_what_was_kept_while_a_change_was_not_committed_is_forgotten_after_it(alice: Person) -> None:
    users = get_user_model()
    old = users._default_manager.get(pk=alice.user_id)
    with transaction.atomic():
        forget(users, alice.user_id)
        cache.clear()  # as if the mark had run out in a long transaction
        remembered(users, alice.user_id, lambda: old)
    kept = remembered(users, alice.user_id, lambda: None)
    assert kept is None


def test_without_a_cache_the_database_is_asked(
    alice: Person, room: Room, monkeypatch: pytest.MonkeyPatch, caplog
) -> None:
    client = client_of(alice)

    def away(*_: Any, **__: Any) -> Any:
        raise ConnectionError

    for name in ("get", "set", "add"):
        monkeypatch.setattr(cache, name, away, raising=False)
    assert client.get(f"/rooms/{room.pk}/").status_code == 200
    alice.user.save()
    assert "does not answer" in caplog.text
