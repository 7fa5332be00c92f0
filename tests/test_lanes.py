"""Threads with a connection of their own, and requests that take one journey."""

import asyncio
import threading
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from django.contrib.auth import get_user_model
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path

from chat.live.fragments import Fragments
from chat.live.lanes import Lane
from hypertalk.handler import Handler

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lane() -> Any:
    made = Lane("test")
    yield made
    made.close()


def count_users() -> int:
    return get_user_model()._default_manager.count()


async def test_work_of_one_lane_is_done_in_turn_by_one_thread_that_keeps_its_connection(lane: Lane) -> None:
    def where() -> tuple[str, int]:
        count_users()
        return threading.current_thread().name, id(connection.connection)

    found = await asyncio.gather(*(lane.run(where) for _ in range(5)))
    assert len(set(found)) == 1
    assert found[0][0].startswith("test")


async def test_a_connection_that_was_lost_meanwhile_is_replaced_unnoticed(lane: Lane) -> None:
    await lane.run(count_users)
    tries = []

    def lost() -> int:
        tries.append(connection.connection)
        if len(tries) == 1:
            connection.connection.close()
            connection.is_usable = lambda: False
            raise OperationalError
        return count_users()

    assert await lane.run(lost) == 0
    assert len(tries) == 2
    assert tries[1] is None  # a new one, made when it is first used


async def test_what_the_database_refuses_is_raised_and_not_tried_again(lane: Lane) -> None:
    await lane.run(count_users)
    tries = []

    def refused() -> None:
        tries.append(1)
        raise OperationalError("lock timeout")

    with pytest.raises(OperationalError):
        await lane.run(refused)
    assert len(tries) == 1


def test_fragments_are_bounded_and_the_least_used_go_first() -> None:
    kept = Fragments(most=10)
    kept.put("a", "1234")
    kept.put("b", "1234")
    assert kept.get("a") == "1234"
    kept.put("c", "1234")
    assert [kept.get(key) for key in "abc"] == ["1234", None, "1234"]
    kept.put("c", "12")
    kept.put("d", "1234")
    assert [kept.get(key) for key in "acd"] == ["1234", "12", "1234"]


# What a request may do behind the handler


def plain(request: HttpRequest) -> HttpResponse:
    count_users()
    return HttpResponse(threading.current_thread().name)


def bridged(request: HttpRequest) -> HttpResponse:
    async def loop() -> int:
        return id(asyncio.get_running_loop())

    return HttpResponse(str(async_to_sync(loop)()))


def streamed(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(iter([b"one ", b"two"]))


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError


urlpatterns = [path(f"{view.__name__}/", view) for view in (plain, bridged, streamed, broken)]


async def ask(handler: Handler, where: str, *messages: dict[str, Any]) -> tuple[int, str]:
    scope = {
        "type": "http",
        "method": "GET",
        "path": where,
        "query_string": b"",
        "headers": [(b"host", b"localhost")],
    }
    application = ApplicationCommunicator(handler, scope)
    for message in messages or ({"type": "http.request", "body": b""},):
        await application.send_input(message)
    status, body = 0, b""
    while True:
        message = await application.receive_output(5)
        status = message.get("status", status)
        body += message.get("body", b"")
        if message["type"] == "http.response.body" and not message.get("more_body"):
            await application.wait()
            return status, body.decode()


@pytest.fixture
def handler(settings: Any) -> Handler:
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = []
    return Handler()


async def test_a_request_is_worked_on_by_a_thread_that_stays(handler: Handler) -> None:
    found = [await ask(handler, "/plain/") for _ in range(3)]
    assert {status for status, _ in found} == {200}
    assert all(name.startswith("request") for _, name in found)


async def test_what_needs_the_event_loop_finds_this_one(handler: Handler) -> None:
    assert await ask(handler, "/bridged/") == (200, str(id(asyncio.get_running_loop())))


async def test_a_stream_is_sent_whole(handler: Handler) -> None:
    with pytest.warns(Warning, match="synchronous iterators"):
        assert await ask(handler, "/streamed/") == (200, "one two")


async def test_a_view_that_fails_is_a_500_and_the_next_request_works(handler: Handler, caplog) -> None:
    handler_answers = [await ask(handler, path) for path in ("/broken/", "/plain/")]
    assert [status for status, _ in handler_answers] == [500, 200]
    assert "RuntimeError" in caplog.text


async def test_who_hangs_up_before_the_request_was_whole_asks_nothing(handler: Handler) -> None:
    scope = {"type": "http", "method": "POST", "path": "/broken/", "query_string": b"", "headers": []}
    application = ApplicationCommunicator(handler, scope)
    await application.send_input({"type": "http.request", "body": b"half", "more_body": True})
    await application.send_input({"type": "http.disconnect"})
    await application.wait()
    assert await application.receive_nothing()
