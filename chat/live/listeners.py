"""Who listens to one room in this process, and what of it waits."""

import json
import time
from dataclasses import dataclass, field

from chat.live.rendering import Nudge, Told
from chat.live.sockets import Socket

HELD_MOST = 1000  # frames that wait for a permission check; past it they are dropped, and beats repair that


@dataclass(slots=True)
class Listeners:
    """``epoch``: every socket here was permitted at this epoch or a later one.

    ``held`` are frames of a higher epoch, waiting until the sockets have been asked about again.
    """

    epoch: int
    shown: set[Socket] = field(default_factory=set)
    others: set[Socket] = field(default_factory=set)
    held: list[Told] = field(default_factory=list)
    checking: bool = False
    nudge: Nudge | None = None
    nudged_at: float = 0.0

    def everybody(self) -> set[Socket]:
        return self.shown | self.others

    def add(self, socket: Socket, room: str) -> None:
        (self.shown if socket.shows == room else self.others).add(socket)

    def discard(self, socket: Socket) -> None:
        self.shown.discard(socket)
        self.others.discard(socket)

    def hold(self, told: Told) -> None:
        if len(self.held) < HELD_MOST:
            self.held.append(told)

    def deliver(self, told: Told) -> None:
        """The frame to those who look at the room; the nudge is the hub's to time."""
        frame = told["frame"]
        for socket in self.shown:
            socket.send(frame)

    def remember(self, nudge: Nudge) -> None:
        """Keep what the next nudge says: the newest numbers, and the newest line that one carried."""
        old = self.nudge
        if old is None:
            self.nudge = nudge
        elif nudge["version"] >= old["version"]:
            self.nudge = {**nudge, "last": nudge["last"] or old["last"]}
        else:
            self.nudge = {**old, "last": old["last"] or nudge["last"]}

    def flush_nudge(self) -> None:
        if self.nudge is not None:
            text = json.dumps(self.nudge, ensure_ascii=False)
            for socket in self.others:
                socket.send(text)
        self.nudge = None
        self.nudged_at = time.monotonic()
