"""Who hears of one room in this process, and what of it waits."""

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
PENDING_MOST = (
    1000  # envelopes that wait for a permission check; past it they are dropped, and beats repair that
)

sampling = Sampling()


@dataclass(slots=True)
class RoomSubscribers:
    """``epoch``: every connection here was permitted at this epoch or a later one.

    ``lowest_new_epoch`` is that of those who came since the check under way began. ``pending`` are envelopes of a higher
    epoch: they wait until the database was asked again who may hear them. ``heard`` is the highest version that the
    subscribers were told of; what the hub read for a newcomer they know nothing of. ``beat_pending``: a beat fell into
    the check, and is sent after it.
    """

    epoch: int
    heard: int
    shown: set[Connection] = field(default_factory=set)
    others: set[Connection] = field(default_factory=set)
    pending: list[Envelope] = field(default_factory=list)
    checking: bool = False
    beat_pending: bool = False
    lowest_new_epoch: int | None = None
    _nudge: Nudge | None = None
    _nudged_at: float = 0.0
    _waiting: bool = False  # for the second after the last nudge to pass

    def everybody(self) -> set[Connection]:
        return self.shown | self.others

    def add(self, connection: Connection, room: str) -> None:
        (self.shown if connection.shows == room else self.others).add(connection)

    def discard(self, connection: Connection) -> None:
        self.shown.discard(connection)
        self.others.discard(connection)

    def hold(self, envelope: Envelope) -> None:
        if len(self.pending) < PENDING_MOST:
            self.pending.append(envelope)
        else:
            self.heard = 0

    def deliver(self, envelope: Envelope) -> None:
        """The frame to those who show the room, a nudge to those who are elsewhere."""
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
        """A message to those who show the room, of what may be lost."""
        frame = Frame(json.dumps(envelope["message"], ensure_ascii=False))
        for connection in list(self.shown):
            connection.send(frame)

    def nudge(self, nudge: Nudge) -> None:
        """Those who are elsewhere: at most once a second; the last is never swallowed, it waits."""
        self._remember(nudge)
        wait = self._nudged_at + NUDGE_SECONDS - time.monotonic()
        if wait <= 0:
            self._flush()
        elif not self._waiting:
            self._waiting = True
            asyncio.get_running_loop().call_later(wait, self._flush)

    def _remember(self, nudge: Nudge) -> None:
        """Keep what the next nudge says: the newest numbers, and the newest line and beginning that one carried.

        For direct conversations a nudge without a line says that their people are others now: it stays one without.
        """
        if self._nudge is None:
            self._nudge = nudge
            return
        old, new = sorted((self._nudge, nudge), key=lambda one: one["version"])
        last = new["last"] or old["last"]
        if new["kind"] == "direct" and None in (old["last"], new["last"]):
            last = None
        # Of the old one nothing else is left but where the room begins, if the new one does not say that.
        self._nudge = {**old, **new, "last": last}

    def _flush(self) -> None:
        # Also while a check is under way: what is remembered is older than what is being checked.
        self._waiting = False
        if self._nudge is not None:
            frame = Frame(json.dumps(self._nudge, ensure_ascii=False))
            for connection in list(self.others):
                connection.send(frame)
            if self.others:
                counters.add("nudges", by=len(self.others))
        self._nudge = None
        self._nudged_at = time.monotonic()
