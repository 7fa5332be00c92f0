"""When a screen has what was published: a few are asked, and answer.

The process that published a change asks one of its own sockets that shows it, right before the frame, so that one clock
measures from beginning to end, whatever the clocks of other machines say. The page answers as soon as the frame is in the
document; the way of the answer is in the figure too. Pages that nobody looks at do not answer.
"""

import secrets
import time
from typing import Any, override

from chat.live import outgoing
from chat.live.commands import Command, natural, register_command
from chat.live.connections import Connection
from chat.monitoring.counters import counters

PAUSE = 0.2  # seconds, of one process: five questions a second are enough to know
PATIENCE = 60.0  # seconds after which an answer is none: the machine was asleep


class Sampling:
    """Of one process."""

    def __init__(self) -> None:
        self._next = 0.0

    def due(self) -> bool:
        """Whether to ask now. True at most once in each pause."""
        now = time.monotonic()
        if now < self._next:
            return False
        self._next = now + PAUSE
        return True

    def ask(self, connection: Connection, published: float) -> None:
        """``published``: when, on the monotonic clock. A question that is still open is given up."""
        number = secrets.randbits(32)
        connection.sample = (number, published)
        connection.send(outgoing.sample(number))
        counters.add("samples")


@register_command
class SeenCommand(Command[int]):
    """``{"type": "seen", "number": int}``: a screen's answer.

    Whatever was not asked of this very socket, or long ago, counts for nothing.
    """

    type = "seen"
    needs_room = False

    @staticmethod
    @override
    def parse(frame: dict[str, Any]) -> int | None:
        return natural(frame.get("number"))

    @staticmethod
    @override
    def limit() -> int:
        return 100

    @override
    def run(self, value: int) -> None:
        connection = self.client.connection
        asked, connection.sample = connection.sample, None
        if asked is not None and asked[0] == value:
            took = time.monotonic() - asked[1]
            if took <= PATIENCE:
                counters.observe("screen", took)
