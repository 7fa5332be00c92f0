"""Daphne with what the chat's sockets need: ``manage.py serve``. All of Daphne's options work.

Four things differ. The ASGI scope's extensions contain a wire to each WebSocket (``wire.py``). On SIGTERM the server
shuts down gracefully: it stops accepting connections, lets requests finish, and closes sockets with 1012, "service
restart", spread over a few seconds so that they do not all reconnect at once. Bodies, frames and pings are limited
before the application sees them (``hypertalk/server/intake_limits.py``). And a crowd that connects at once waits in the
queue instead of being refused.

This relies on ``create_application``, ``connections``, ``listen_success`` and ``kill_all_applications`` of Daphne 4.2,
and on ``requestFactory`` of Twisted 26.
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
# Daphne drops a handshake that waits for more than five seconds. In a crowd that is most of the work in progress, and
# the clients retry, so that nobody gets connected. Pages give up by themselves after ten seconds.
PATIENT = ["--websocket_connect_timeout", "60"]

SERVICE_RESTART = 1012
GOODBYE_SECONDS = 3.0  # over which the sockets are closed
PATIENCE = 5.0  # seconds that a running request may still take
RECORD_SECONDS = 2.0  # for the last metrics

# Connections that wait to be accepted; beyond that the kernel makes clients retry after one, three and seven seconds.
# The kernel has a limit of its own too, net.core.somaxconn.
QUEUE = 2048

logger = logging.getLogger(__name__)


class Server(DaphneServer):  # type: ignore[misc]  # daphne is untyped
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Daphne's access log has full URLs, with the tokens in them; ours is hypertalk/logs/tracing.py.
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
        """Start metrics and jobs. They need models, which are loaded once the application is."""
        from hypertalk.jobs.runner import begin_inline  # noqa: PLC0415

        _record()
        self.jobs = self.jobs or begin_inline()

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        if scope["type"] == "websocket" and (wire := wire_of(protocol)):
            scope["extensions"] = {**scope.get("extensions", {}), "chat.wire": wire}
        return super().create_application(protocol, scope)

    def kill_all_applications(self) -> Any:
        """Daphne calls this before the reactor ends. Close the sockets first."""
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
    """Raise the backlog: Twisted's default is fifty connections."""
    ours = endpoint.startswith(("tcp:", "tcp6:", "ssl:", "unix:")) and "backlog=" not in endpoint
    return f"{endpoint}:backlog={QUEUE}" if ours else endpoint


def _record() -> Any:
    """Return the recorder of this process's metrics. It needs models, which are loaded once the application is."""
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
