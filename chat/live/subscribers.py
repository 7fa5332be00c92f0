"""The subscribers of one room in this process, and its pending envelopes."""

import asyncio
import json
import random
import time
from dataclasses import dataclass, field

from chat.events.envelope import Envelope, Nudge
from chat.live.connections import Connection
from chat.live.frames import Frame
from chat.live.sampling import Sampling
from chat.monitoring.counters import counters

NUDGE_SECONDS = 1.0
MAX_PENDING = 1000  # envelopes that wait for a permission check; more are dropped, and beats repair that

sampling = Sampling()


@dataclass(slots=True)
class RoomSubscribers:
    """``epoch``: every connection here was permitted at this epoch or a later one.

    ``lowest_new_epoch`` is the lowest epoch of connections added since the current check began. ``pending`` are
    envelopes of a higher epoch, which wait until the permissions were checked. ``delivered_version`` is the highest
    version that the subscribers were told of; it does not rise when the hub reads a newer one for a newcomer.
    ``beat_pending``: a beat fell into the check, and is sent after it.
    """

    epoch: int
    delivered_version: int
    shown: set[Connection] = field(default_factory=set)
    others: set[Connection] = field(default_factory=set)
    pending: list[Envelope] = field(default_factory=list)
    checking: bool = False
    beat_pending: bool = False
    lowest_new_epoch: int | None = None
    _nudge: Nudge | None = None
    _nudged_at: float = 0.0
    _waiting: bool = False  # until a second has passed since the last nudge

    def everybody(self) -> set[Connection]:
        return self.shown | self.others

    def add(self, connection: Connection, room: str) -> None:
        (self.shown if connection.shows == room else self.others).add(connection)

    def discard(self, connection: Connection) -> None:
        self.shown.discard(connection)
        self.others.discard(connection)

    def hold(self, envelope: Envelope) -> None:
        if len(self.pending) < MAX_PENDING:
            self.pending.append(envelope)
        else:
            self.delivered_version = 0

    def deliver(self, envelope: Envelope) -> None:
        """The frame to connections that show the room, a nudge to the others."""
        if self.shown:
            frame = Frame(envelope["frame"])
            shown = list(self.shown)
            published = envelope.get("published")
            if published is not None and sampling.due():
                sampling.ask(random.choice(shown), published)  # noqa: S311 - no secret
            for connection in shown:
                connection.send(frame)
            counters.add("deliveries", by=len(shown))
        self.nudge(envelope["nudge"])

    def pass_on(self, envelope: Envelope) -> None:
        """A message to connections that show the room; it may be lost."""
        frame = Frame(json.dumps(envelope["message"], ensure_ascii=False))
        for connection in list(self.shown):
            connection.send(frame)

    def nudge(self, nudge: Nudge) -> None:
        """Nudge the other connections: at most once a second. The last nudge is never dropped, only delayed."""
        self._merge(nudge)
        wait = self._nudged_at + NUDGE_SECONDS - time.monotonic()
        if wait <= 0:
            self._flush()
        elif not self._waiting:
            self._waiting = True
            asyncio.get_running_loop().call_later(wait, self._flush)

    def _merge(self, nudge: Nudge) -> None:
        """Merge into the next nudge: the newest numbers, and the newest ``last`` and ``first`` of any of them.

        In direct conversations a nudge without ``last`` says that the people changed; then the merged one has none.
        """
        if self._nudge is None:
            self._nudge = nudge
            return
        old, new = sorted((self._nudge, nudge), key=lambda one: one["version"])
        last = new["last"] or old["last"]
        if new["kind"] == "direct" and None in (old["last"], new["last"]):
            last = None
        # Of the old one only ``first`` stays, if the new one has none.
        self._nudge = {**old, **new, "last": last}

    def _flush(self) -> None:
        # Also during a check: the merged nudge is older than the envelopes being checked.
        self._waiting = False
        if self._nudge is not None:
            frame = Frame(json.dumps(self._nudge, ensure_ascii=False))
            for connection in list(self.others):
                connection.send(frame)
            if self.others:
                counters.add("nudges", by=len(self.others))
        self._nudge = None
        self._nudged_at = time.monotonic()
