"""Django behind ASGI, with one switch from the event loop to a thread per request.

Django's own handler makes four to six: for the signals, between async and sync middleware, for the view, and to close
the response. It also starts a thread, and with it a database connection, for every request. All views here are
synchronous, so the whole request runs in one of a few long-lived threads (docs/performance.md).
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from http import HTTPStatus
from typing import Any

from asgiref.sync import sync_to_async
from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.urls import set_script_prefix

from chat.events.publishing import run_and_publish
from chat.monitoring.counters import counters
from hypertalk.logs.context import note, of_request
from hypertalk.probes.middleware import PROBES

# Requests that a process handles at the same time; more wait in a queue. Each may use a connection of the pool.
THREADS = 8


class Handler(ASGIHandler):
    """A request is processed to its end even if the client has disconnected."""

    def __init__(self) -> None:
        super().__init__()
        self._in_a_thread = _in_executor(THREADS, "request")
        self._in_a_thread_of_its_own = _in_executor(1, "probe")  # a busy process must still answer probes

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        probe = scope["path"] in PROBES
        execute = self._in_a_thread_of_its_own if probe else self._in_a_thread
        began = time.monotonic()
        with closing(body):
            response = await run_and_publish(execute, partial(self._answer, scope, body))
            if not probe:
                _count(response.status_code, time.monotonic() - began)
            await self.send_response(response, send)
            if response.streaming:
                await sync_to_async(response.close)()

    def _answer(self, scope: Any, body: Any) -> Any:
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        request, refusal = self.create_request(scope, body)
        response: Any = refusal if request is None else self.get_response(request)
        note(**of_request(request))
        response._handler_class = self.__class__  # noqa: SLF001 - as Django's own does, for the signal request_finished
        if not response.streaming:
            response.close()
        return response


def _count(status: int, took: float) -> None:
    counters.observe("request", took, f"{status // 100}xx")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        counters.add("errors", "http")


def _in_executor(threads: int, name: str) -> Callable[..., Any]:
    """Run in a thread pool through asgiref, so that code in a thread can reach the server's event loop."""
    pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
    return sync_to_async(_call, thread_sensitive=False, executor=pool)


def _call(work: Callable[[], Any]) -> Any:
    return work()
