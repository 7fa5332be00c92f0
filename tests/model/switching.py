"""A page that stays shows another room: the twin of static/js/app/switching.js."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chat.live.connections import Connection
from chat.models import Member
from tests.model.page import Page
from tests.model.room_list import RoomList

if TYPE_CHECKING:
    from tests.model.process import Process
    from tests.model.world import World

MOST_WARM = 2


@dataclass
class Warm:
    """A room that was shown before, as it was left."""

    page: Page
    shown: dict[str, str]
    told: int


class Switching:
    """The part of a client that changes the room it shows."""

    world: "World"
    shows: str | None
    page: Page | None
    room_list: RoomList
    shown: dict[str, str]
    told: int
    is_open: bool
    asleep: bool
    socket: Connection | None
    process: "Process | None"

    def __init__(self) -> None:
        self.warm: dict[str, Warm] = {}

    if TYPE_CHECKING:

        def close(self) -> None: ...
        def draw(self) -> None: ...
        def drop_requests(self) -> None: ...
        def load(self, member: Member) -> bool: ...
        def membership(self) -> Member | None: ...

    def switch(self, room: str) -> None:
        """A click on a room of the list. A room that the person may not see any longer is a page of its own."""
        if not self.is_open or self.asleep or room == self.shows:
            return
        self.keep_warm()
        self.shows = self.room_list.shown = room
        if not self.again(room) and not self.first_time():
            self.close()
            return
        self.world.maybe_act()
        self.draw()
        if self.socket is not None and self.process is not None:
            self.process.hub.show(self.socket, room)

    def keep_warm(self) -> None:
        self.drop_requests()
        if self.page is not None and self.shows is not None:
            for key in [key for key, row in self.page.rows.items() if row.version == 0]:
                self.page.discard(key)  # bubbles are drawn again from the outbox
            self.warm[self.shows] = Warm(self.page, self.shown, self.told)
            if len(self.warm) > MOST_WARM:
                del self.warm[next(iter(self.warm))]
        self.page, self.shown = None, {}

    def again(self, room: str) -> bool:
        """Whether the room was shown before: it comes back as it was, and catches up with the next beat."""
        kept = self.warm.pop(room, None)
        if kept is None:
            return False
        self.page, self.shown = kept.page, kept.shown
        row = self.room_list.rows.get(room)
        self.told = max(kept.told, row.read_seq if row else 0)
        return True

    def first_time(self) -> bool:
        """Returns False if the person is not in the room."""
        while (member := self.membership()) is not None:
            if self.load(member):
                return True
        return False
