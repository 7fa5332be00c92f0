"""The registry of socket commands, each with its format, rate limit and action."""

import asyncio
import json
from abc import ABC, abstractmethod
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, ClassVar, override

from chat.live.connections import Connection
from chat.live.rate_limit import SocketRateLimit
from chat.monitoring.counters import counters

BAD_FRAME = 4400
FRAME_LIMIT = 65_536  # characters; the longest message is 10,000, some of them escaped
MAX_UNKNOWN = 100  # of a newer release, per window of ``rate_limit.py``


class Malformed(ValueError):
    """A frame that no release would send."""


class Client:
    """The client of a connection: receives its frames, and waits for the work they started."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._rate_limit = SocketRateLimit()
        self._commands: dict[str, Command[Any]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._ended = asyncio.Event()

    def receive(self, text: str | None) -> None:
        """Malformed, too large or too frequent frames close the connection; an unknown type is ignored, for newer
        releases.

        Nothing is awaited here, so that frames are counted as they arrive.
        """
        if not self.connection.closed and not self._take(text):
            counters.add("closed", "bad frame")
            self.connection.close(BAD_FRAME)

    def _take(self, text: str | None) -> bool:
        """Returns whether the frame is acceptable."""
        try:
            found = parse(text)
        except Malformed:
            return False
        if found is None:
            return self._rate_limit.allows("", MAX_UNKNOWN)
        command, value = found
        if not self._rate_limit.allows(command.type, command.limit()):
            return False
        if self.connection.shows is not None or not command.needs_room:
            if command.type not in self._commands:
                self._commands[command.type] = command(self)
            self._commands[command.type].run(value)
        return True

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Run a task beside the connection. The connection's end waits for it, so that what was sent before is still
        done.
        """
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @property
    def ended(self) -> bool:
        """Whether the connection is gone."""
        return self._ended.is_set()

    async def until_ended(self, within: float) -> None:
        """Wait for the end, at most this many seconds."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._ended.wait(), within)

    async def end(self) -> None:
        """The connection is gone. Returns when the work it started is done."""
        self._ended.set()
        await asyncio.gather(*self._tasks)

    def log_context(self) -> dict[str, object]:
        """Person and room of the socket, by id."""
        return {"person": self.connection.person_id, "room": self.connection.shows}


class Command[T](ABC):
    """One ``type`` of frame. An instance serves one client, from its first such frame on."""

    type: ClassVar[str]
    needs_room: ClassVar[bool] = True  # whether it concerns the room that the connection shows

    def __init__(self, client: Client) -> None:
        self.client = client

    @classmethod
    @abstractmethod
    def parse(cls, frame: dict[str, Any]) -> T | None:
        """None for a malformed frame; may also raise ValueError."""

    @classmethod
    @abstractmethod
    def limit(cls) -> int:
        """The rate limit per ``rate_limit.WINDOW_SECONDS``; one more frame closes the connection."""

    @abstractmethod
    def run(self, value: T) -> None:
        """Runs on the event loop and never blocks."""


class NumberCommand(Command[int]):
    """A command that carries one non-negative integer, in ``field``, which JavaScript can hold exactly."""

    field: ClassVar[str]

    @classmethod
    @override
    def parse(cls, frame: dict[str, Any]) -> int | None:
        value = frame.get(cls.field)
        return value if type(value) is int and 0 <= value < 2**53 else None

    @classmethod
    @override
    def limit(cls) -> int:
        return 100


_commands: dict[str, type[Command[Any]]] = {}


def register_command[C: type[Command[Any]]](command: C) -> C:
    if command.type in _commands:
        raise ValueError(f"a socket command of this type exists: {command.type}")
    _commands[command.type] = command
    return command


def parse(text: str | None) -> tuple[type[Command[Any]], Any] | None:
    """The command and its value; None for a type that this release does not know. Raises Malformed."""
    if text is None or len(text) > FRAME_LIMIT:
        raise Malformed
    try:
        frame = json.loads(text)
        if not isinstance(frame, dict) or not isinstance(frame.get("type"), str):
            raise Malformed
        command = _commands.get(frame["type"])
        value = command.parse(frame) if command else None
    except (ValueError, RecursionError) as error:
        raise Malformed from error
    if command is None:
        return None
    if value is None:
        raise Malformed
    return command, value
