"""Measures delivery times up to the screen: a few pages are asked, and answer.

The process that published a change asks one of its own sockets that shows it, right before the frame, so that one clock
measures the whole way, whatever other machines' clocks say. The page answers as soon as the frame is in the document;
the measured time includes the way of the answer. Hidden pages do not answer.
"""

import secrets
import time
from typing import override

from chat.live import outgoing
from chat.live.commands import NumberCommand, register_command
from chat.live.connections import Connection
from chat.monitoring.counters import counters

PAUSE = 0.2  # seconds between samples of one process: five per second are enough
PATIENCE = 60.0  # seconds after which an answer is ignored: the machine was asleep


class Sampling:
    """One per process."""

    def __init__(self) -> None:
        self._next = 0.0

    def due(self) -> bool:
        """Whether to ask now. True at most once per pause."""
        now = time.monotonic()
        if now < self._next:
            return False
        self._next = now + PAUSE
        return True

    def ask(self, connection: Connection, published: float) -> None:
        """``published``: the time on the monotonic clock. Replaces an unanswered question."""
        number = secrets.randbits(32)
        connection.sample = (number, published)
        connection.send(outgoing.sample(number))
        counters.add("samples")


@register_command
class SeenCommand(NumberCommand):
    """``{"type": "seen", "number": int}``: a screen's answer.

    Ignored unless this very socket was asked, and not long ago.
    """

    type = "seen"
    field = "number"
    needs_room = False

    @override
    def run(self, value: int) -> None:
        connection = self.client.connection
        asked, connection.sample = connection.sample, None
        if asked is not None and asked[0] == value:
            took = time.monotonic() - asked[1]
            if took <= PATIENCE:
                counters.observe("screen", took)
