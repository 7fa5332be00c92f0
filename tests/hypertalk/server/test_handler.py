"""Requests that need one switch from the event loop to a thread."""

import asyncio
import threading
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path

from chat.events import publishing
from chat.events.types import PersonChanged
from hypertalk.probes.middleware import HEALTH
from hypertalk.server.handler import THREADS, Handler

pytestmark = pytest.mark.django_db(transaction=True)


def count_users() -> int:
    return get_user_model()._default_manager.count()


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


asked_in = threading.Event()
answered = threading.Event()


def slow(request: HttpRequest) -> HttpResponse:
    asked_in.set()
    answered.wait(10)
    return HttpResponse("at last")


def telling(request: HttpRequest) -> HttpResponse:
    publishing.publish(PersonChanged(1, 2), PersonChanged(3, 4))
    raise RuntimeError


urlpatterns = [path(f"{view.__name__}/", view) for view in (plain, bridged, streamed, broken, telling, slow)]


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


async def test_a_process_that_is_busy_is_not_down(handler: Handler, settings: Any) -> None:
    settings.MIDDLEWARE = ["hypertalk.probes.middleware.ProbesMiddleware"]
    handler = Handler()
    busy = [asyncio.create_task(ask(handler, "/slow/")) for _ in range(THREADS + 1)]
    await asyncio.to_thread(asked_in.wait, 5)
    assert (await ask(handler, HEALTH))[0] == 200
    answered.set()
    assert {status for status, _ in await asyncio.gather(*busy)} == {200}


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


async def test_what_a_view_published_goes_out_from_the_event_loop_even_if_it_failed_then(
    handler: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = []

    class Layer:
        async def group_send(self, group: str, message: dict[str, Any]) -> None:
            sent.append((id(asyncio.get_running_loop()), [told["person"] for told in message["told"]]))

    monkeypatch.setattr(publishing, "get_channel_layer", Layer)
    assert (await ask(handler, "/telling/"))[0] == 500
    assert sent == [(id(asyncio.get_running_loop()), [1, 3])]
