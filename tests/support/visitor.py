"""A page's socket without a server: it connects to the ASGI application directly."""

from collections.abc import Iterable
from typing import Any

from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator

from chat.models import Person
from hypertalk.asgi import application
from tests.support.live import credentials

PATIENCE = 10  # seconds; Channels allows one per step, which is too short on a busy machine
ORIGIN = (b"origin", b"http://localhost")


async def key_of(person: Person) -> str:
    """The key of a new session of theirs."""
    return (await database_sync_to_async(credentials)(person)).session_key


class Visitor(WebsocketCommunicator):
    """A client with the session ``key``, or none, at ``address``, with ``headers`` besides the host and the cookie."""

    def __init__(
        self,
        key: str = "",
        address: str = "/live/",
        headers: Iterable[tuple[bytes, bytes]] = (ORIGIN,),
        at: Any = application,
    ) -> None:
        cookie = [(b"cookie", f"sessionid={key}".encode())] if key else []
        super().__init__(at, address, headers=[(b"host", b"localhost"), *headers, *cookie])

    def receive_output(self, timeout: float = 0) -> Any:
        return super().receive_output(max(timeout, PATIENCE))

    def wait(self, timeout: float = 0) -> Any:
        return super().wait(max(timeout, PATIENCE))
