"""A part of the workspace is unavailable for a while: scripts are told to retry, people that nothing is lost."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client

from chat import actions
from chat.models import Person, Room
from chat.views import messages
from tests.conftest import client_of, script_of


def away(*_: Any, **__: Any) -> None:
    raise OperationalError("the database is starting up")


@pytest.fixture
def _away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages.actions, "post_message", away)


@pytest.mark.usefixtures("_away")
def test_a_script_is_asked_to_try_again_and_the_log_has_one_line(
    bob: Person, room: Room, caplog: Any
) -> None:
    answer = script_of(bob).post(f"/rooms/{room.pk}/messages/", {"id": uuid4(), "body": "Words"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "1")
    assert answer["Content-Type"].startswith("text/plain")
    assert "Something went wrong" in answer.text
    (record,) = (record for record in caplog.records if record.name == "django.request")
    assert record.levelname == "WARNING"
    assert isinstance(record.exc_info[1], OperationalError)


@pytest.mark.usefixtures("_away")
def test_a_plain_page_shows_what_was_written(bob: Person, room: Room) -> None:
    answer = client_of(bob).post(f"/rooms/{room.pk}/messages/", {"id": uuid4(), "body": "Words <b>"})
    assert answer.status_code == 503
    assert "Temporarily unavailable" in answer.text
    assert "Words &lt;b&gt;" in answer.text


def test_other_forms_keep_their_words_too_and_a_page_can_be_asked_for_again(
    alice: Person, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, form = client_of(alice), {"name": "harbour", "topic": "Boats & piers", "kind": "open"}
    monkeypatch.setattr(actions, "create_room", away)
    answer = client.post("/rooms/new/", form)
    assert answer.status_code == 503
    assert "harbour\n\nBoats &amp; piers</textarea>" in answer.text
    assert "Try again</a>" not in answer.text, "that would not send it again"
    monkeypatch.setattr("chat.views.access.ensure_person", away)
    page = client.get("/rooms/browse/?q=a%26b")
    assert page.status_code == 503
    assert 'href="/rooms/browse/?q=a%26b">Try again</a>' in page.text


@pytest.mark.parametrize(("error", "status"), [(InterfaceError("closed"), 503), (ValueError("a fault"), 500)])
@pytest.mark.django_db
def test_what_fails_before_a_view_is_told_apart_too(
    monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr("hypertalk.accounts.first_run.FirstRunMiddleware.__call__", fails)
    answer = Client(raise_request_exception=False).get("/accounts/login/")
    assert answer.status_code == status
    assert answer.has_header("Retry-After") == (status == 503)


def test_a_fault_of_ours_is_not_called_a_moment(
    bob: Person, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    def faulty(*_: Any, **__: Any) -> None:
        raise ValueError

    monkeypatch.setattr(actions, "post_message", faulty)
    client = script_of(bob)
    client.raise_request_exception = False
    answer = client.post(f"/rooms/{room.pk}/messages/", {"id": uuid4(), "body": "Words"})
    assert answer.status_code == 500
