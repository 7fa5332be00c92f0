"""A hub without a server: sockets whose frames are collected in a list, and layer messages that tests can lose."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from channels.db import database_sync_to_async
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from chat.live.access import Credentials
from chat.live.connections import Connection
from chat.live.hub import Hub
from chat.models import Person, Room


class Listening:
    """One socket in a hub, and all that was sent to it."""

    def __init__(self, socket: Connection | None, refused: int | None = None) -> None:
        self._socket = socket
        self.refused = refused
        self.sent: list[dict[str, Any]] = []
        self._news = asyncio.Event()

    @property
    def socket(self) -> Connection:
        assert self._socket is not None
        return self._socket

    async def take(self, message: dict[str, Any]) -> None:
        self.sent.append(message)
        self._news.set()

    @property
    def frames(self) -> list[str]:
        return [m["text"] for m in self.sent if m["type"] == "websocket.send" and m["text"].startswith("<")]

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [
            json.loads(m["text"])
            for m in self.sent
            if m["type"] == "websocket.send" and m["text"].startswith("{")
        ]

    @property
    def closed(self) -> int | None:
        return next((m["code"] for m in self.sent if m["type"] == "websocket.close"), None)

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [m for m in self.messages if m["type"] == kind]

    async def until(self, there: Callable[["Listening"], Any]) -> Any:
        """Wait until it has been sent; fails after five seconds."""
        async with asyncio.timeout(5):
            while not (found := there(self)):
                self._news.clear()
                await self._news.wait()
            return found


def credentials(person: Person) -> Credentials:
    """A session of the person, as created by signing in."""
    client = Client()
    client.force_login(person.user)
    key = client.cookies["sessionid"].value
    return Credentials(str(person.user_id), key, SessionStore(key)[HASH_SESSION_KEY])


async def do[T](action: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Run an action off the event loop, as a view does."""
    return await database_sync_to_async(action)(*args, **kwargs)


async def listen(hub: Hub, person: Person, room: Room | None = None) -> Listening:
    """Connect a new socket of the person to the hub."""
    listening: Listening | None = None

    async def send(message: Any) -> None:
        assert listening is not None
        await listening.take(message)

    came_by = await database_sync_to_async(credentials)(person)
    entered = await hub.enter(came_by.session_key, shows=str(room.pk) if room else None, send=send)
    if isinstance(entered, int):
        return Listening(None, entered)
    listening = Listening(entered)
    entered.start()
    await listening.until(lambda one: one.of("beat"))
    return listening


async def stop(hub: Hub) -> None:
    """End the hub's tasks. On a server they end with the process."""
    await hub.stop()
