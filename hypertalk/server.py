"""Daphne, with what our sockets need on top: ``python -m hypertalk.server -p 8000``. All of Daphne's options work.

Daphne's ``send`` never waits, so a reader that does not read would grow the process without bound. This server tells the
application, through the ASGI scope, how many bytes wait in a socket's transport; the socket closes itself past its bound.
It leans on one internal of Daphne 4.2 (``create_application``) and three of Twisted 26 (in ``buffered``). Under another
server the application does without the number.
"""

import sys
from functools import partial
from typing import Any

from daphne.cli import CommandLineInterface
from daphne.server import Server as DaphneServer

# Bytes. What the page says over its socket is tiny; Daphne's own default is a megabyte.
LIMITS = ["--websocket-max-message-size", "65536", "--websocket-max-frame-size", "65536"]


def buffered(protocol: Any) -> int:
    """Bytes that wait for this connection's reader: Twisted's buffer and what it has not joined to it yet."""
    transport = protocol.transport
    waiting: int = len(transport.dataBuffer) - transport.offset + transport._tempDataLen  # noqa: SLF001 - see above
    return waiting


class Server(DaphneServer):  # type: ignore[misc]  # daphne is untyped
    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        if scope["type"] == "websocket":
            scope["extensions"] = {
                **scope.get("extensions", {}),
                "transport.buffered": partial(buffered, protocol),
            }
        return super().create_application(protocol, scope)


class CommandLine(CommandLineInterface):  # type: ignore[misc]  # daphne is untyped
    server_class = Server


if __name__ == "__main__":
    CommandLine().run([*LIMITS, *sys.argv[1:]])
