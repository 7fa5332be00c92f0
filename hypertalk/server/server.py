"""Daphne, with what a chat's sockets need on top: ``manage.py serve``. All of Daphne's options work.

Five things differ. The application gets, in the ASGI scope's extensions, a wire to each WebSocket (``wire.py``).
On SIGTERM the server says goodbye: it takes nobody in any more, lets requests finish, and closes sockets with 1012,
"service restart", spread over a few seconds so that they do not all come back at once. And what comes in is bounded before
the application hears of it: bodies of requests, frames and pings (``hypertalk/server/intake_limits.py``). And a crowd that
comes at once finds a place in the queue, and is not sent away while it waits.

It leans on ``create_application``, ``connections``, ``listen_success`` and ``kill_all_applications`` of Daphne 4.2, and on
``requestFactory`` of Twisted 26.
"""

import asyncio
import logging
import time
from contextlib import suppress
from typing import Any, cast

from autobahn.websocket.protocol import WebSocketProtocol
from daphne.cli import CommandLineInterface
from daphne.server import Server as DaphneServer
from twisted.internet import defer, reactor

from hypertalk.server.intake_limits import BoundedRequest, BoundedSocket
from hypertalk.server.wire import wire_of

# Bytes. Daphne's own default is a megabyte; a message is 10,000 characters at most, and six times that when escaped.
LIMITS = ["--websocket-max-message-size", "65536", "--websocket-max-frame-size", "65536"]
# Daphne drops whoever waits for more than five seconds. In a crowd that is most of what is being worked on, and they come
# again, so that nobody gets in; pages give up by themselves, after ten.
PATIENT = ["--websocket_connect_timeout", "60"]

SERVICE_RESTART = 1012
GOODBYE_SECONDS = 3.0  # over which the sockets are closed
PATIENCE = 5.0  # seconds that a request under way may still take
RECORD_SECONDS = 2.0  # for the last figures

# Connections that may wait to be taken in; past it the kernel lets them try again after one, three and seven seconds. It has
# a limit of its own beside this, net.core.somaxconn.
QUEUE = 2048

logger = logging.getLogger(__name__)


class Server(DaphneServer):  # type: ignore[misc]  # daphne is untyped
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Daphne's access log has whole addresses in it, with the tokens that open doors: ours is hypertalk/logs/tracing.py.
        endpoints = [_with_queue(each) for each in kwargs.pop("endpoints", None) or []]
        super().__init__(*args, **{**kwargs, "action_logger": None, "endpoints": endpoints})
        self.ports: list[Any] = []
        self.jobs: Any = None

    def listen_success(self, port: Any) -> None:
        self.ports.append(port)
        self.ws_factory.protocol = BoundedSocket
        build = self.http_factory.buildProtocol

        def build_bounded(address: Any) -> Any:
            protocol = build(address)
            protocol.requestFactory = BoundedRequest
            return protocol

        self.http_factory.buildProtocol = build_bounded
        super().listen_success(port)
        cast("Any", reactor).callLater(0, self._begin)  # once the event loop runs

    def _begin(self) -> None:
        """What is done beside requests. It needs models, which are there once the application is."""
        from hypertalk.jobs.runner import begin_inline  # noqa: PLC0415

        _record()
        self.jobs = self.jobs or begin_inline()

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        if scope["type"] == "websocket" and (wire := wire_of(protocol)):
            scope["extensions"] = {**scope.get("extensions", {}), "chat.wire": wire}
        return super().create_application(protocol, scope)

    def kill_all_applications(self) -> Any:
        """What Daphne does before the reactor ends; the goodbye comes first."""
        done = defer.Deferred.fromFuture(asyncio.ensure_future(self._say_goodbye()))
        done.addErrback(lambda failure: logger.warning("the shutdown failed: %s", failure))
        done.addCallback(lambda _: super(Server, self).kill_all_applications())
        return done

    async def _say_goodbye(self) -> None:
        jobs = asyncio.create_task(asyncio.to_thread(self.jobs.finish)) if self.jobs else None
        for port in self.ports:
            await defer.maybeDeferred(port.stopListening).asFuture(asyncio.get_running_loop())
        sockets = [protocol for protocol in self.connections if isinstance(protocol, WebSocketProtocol)]
        pause = GOODBYE_SECONDS / max(len(sockets), 1)
        due = time.monotonic()
        for protocol in sockets:
            if protocol.state == protocol.STATE_OPEN:
                protocol.sendCloseFrame(code=SERVICE_RESTART)
            due += min(pause, 0.1)
            if due > time.monotonic():
                await asyncio.sleep(due - time.monotonic())
        running = [
            each["application_instance"]
            for each in self.connections.values()
            if "application_instance" in each
        ]
        if running:
            await asyncio.wait(running, timeout=PATIENCE)
        if jobs:
            await asyncio.wait({jobs})
        with suppress(TimeoutError):
            await asyncio.wait_for(_record().end(), RECORD_SECONDS)


def _with_queue(endpoint: str) -> str:
    """Twisted's own queue is fifty connections long."""
    ours = endpoint.startswith(("tcp:", "tcp6:", "ssl:", "unix:")) and "backlog=" not in endpoint
    return f"{endpoint}:backlog={QUEUE}" if ours else endpoint


def _record() -> Any:
    """What keeps the figures of this process. It needs models, which are there once the application is."""
    from chat.jobs.recorder import current_recorder  # noqa: PLC0415
    from hypertalk.probes.prometheus import watch  # noqa: PLC0415

    watch(asyncio.get_running_loop())
    return current_recorder()


class CommandLine(CommandLineInterface):  # type: ignore[misc]  # daphne is untyped
    description = "Daphne, for a chat"
    server_class = Server


def serve(arguments: list[str]) -> None:
    """Serve this project until a signal ends it. ``arguments`` are Daphne's."""
    CommandLine().run([*LIMITS, *PATIENT, *arguments, "hypertalk.asgi:application"])
