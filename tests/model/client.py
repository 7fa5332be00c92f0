"""One tab of a person: follows the twin of static/js/room/rules.js, and requests the real catch-up and history."""

import json
import re
from typing import TYPE_CHECKING, Any
from uuid import UUID

from chat.events.rendering import member_html, message_html, title_html
from chat.live.connections import Connection
from chat.models import Member, Person
from chat.models.message import MessageRange
from chat.queries.room_list import room_list_of
from tests.model.outbox import Outbox
from tests.model.page import APPLY, IGNORE, Page, Row
from tests.model.polling import NOTHING, Asking, str_of
from tests.model.room_list import RoomList
from tests.model.sending import Sending
from tests.model.switching import Switching
from tests.support.screen import rows_of

if TYPE_CHECKING:
    from tests.model.process import Process
    from tests.model.world import World

WINDOW = 4


class Client(Asking, Sending, Switching):
    """``shows``: the room of its page. Without a ``page`` it has only the room list, or is closed (``open_``)."""

    def __init__(self, world: "World", person: Person, box: Outbox) -> None:
        Asking.__init__(self)
        Sending.__init__(self)
        Switching.__init__(self)
        self.world, self.person, self.box = world, person, box
        self.shows: str | None = None
        self.page: Page | None = None
        self.room_list = RoomList(person.pk, None)
        self.shown: dict[str, str] = {}
        self.names: dict[str, tuple[int, str]] = {}
        self.process: Process | None = None
        self.socket: Connection | None = None
        self.inbox: list[str] = []
        self.version = 0  # the person's, of which the page has the list of rooms
        self.code: int | None = None  # the code with which the server closed the socket
        self.is_open = False
        self.asleep = False
        self.connects = False  # the page needs a socket without the room it lost
        box.watching.append(self.draw)

    # Opening and closing

    async def open(self, room: str | None) -> None:
        """Load the page (the version before the rows), then open its socket. Changes may happen between any two of these."""
        self.close()
        self.shows = room
        self.version = Person.objects.get(pk=self.person.pk).version
        while room:
            member = self.membership()
            if member is None:
                return
            if self.load(member):
                break
        self.world.maybe_act()
        self.room_list = RoomList(self.person.pk, room)
        self.room_list.take(str_of(room_list_of(self.person)))
        self.is_open = True
        self.world.maybe_act()
        self.draw()
        await self.connect()

    def load(self, member: Member) -> bool:
        """Returns False if messages that must exist were missing (``Window.misses``): the page is loaded again."""
        room = member.room
        self.told = member.read_seq
        self.world.maybe_act()
        messages = self.mine(room).newest(WINDOW)
        if not messages and NOTHING.misses(MessageRange.newest(), room):
            return False
        self.world.maybe_act()
        people = Member.objects.current().select_related("person__user").filter(room=room)
        html = title_html(room) + "".join(map(member_html, people)) + "".join(map(message_html, messages))
        rows = rows_of(html)
        self.check_may_have([row for row in rows if row[0].seq is not None])
        low = messages[0].seq if messages else None
        at_start = low is None or low <= room.first_seq
        self.page = Page(room.version, low, at_start, [row for row, _ in rows])
        self.put(rows, [APPLY] * len(rows))
        return True

    async def connect(self) -> None:
        async def send(message: Any) -> None:
            if message["type"] == "websocket.close":
                self.code = message["code"]
            elif message["type"] == "websocket.send":
                text = message["text"]
                if text.startswith("<"):
                    self.check_may_hear(text)
                self.inbox.append(text)

        self.disconnect()
        self.connects = False
        self.process = process = self.world.chance.choice(self.world.processes)
        session = self.world.credentials[self.person.pk].session_key
        entered = await process.hub.enter(session, shows=self.shows, send=send)
        if isinstance(entered, int):
            self.refused(entered)
        else:
            self.socket = entered
            entered.start()

    def refused(self, code: int) -> None:
        """No access to the room: the page says so and continues with the room list. Signed out or deactivated: sign-in."""
        self.code = None
        if code == 4404 and self.shows:
            self.lose()
        else:
            self.close()

    def disconnect(self) -> None:
        if self.socket is not None and self.process is not None:
            self.process.hub.leave(self.socket)
        self.socket, self.inbox, self.code = None, [], None

    async def sleep_or_wake(self) -> None:
        """A closed lid: no socket, no requests. Requests already sent are still answered afterwards."""
        self.asleep = not self.asleep
        if not self.asleep:
            await self.connect()
            self.began_anew()
        else:
            self.disconnect()
            self.box.let_go(self)

    async def come_again(self) -> None:
        """The connection was cut, or the server closed it: open a new socket, with the session this device has now.

        A person signed out meanwhile signs in: in a dialog of this page, or in another tab, and then this one reloads.
        """
        if self.code == 4401 and self.world.chance.random() < 0.5:
            return await self.open(self.shows)
        await self.connect()
        self.began_anew()
        return None

    def began_anew(self) -> None:
        """As after each outage, and when the page starts over."""
        self.room_list.drop()
        self.room_list.wants = True
        self.told = 0

    def lose(self) -> None:
        """The person lost the room: the rest of the page goes on."""
        if self.page is not None:
            self.room_list.lose(self.shows or "")
        self.page, self.shows, self.room_list.shown, self.connects = None, None, None, True
        self.drop_requests()
        self.shown, self.names = {}, {}

    def close(self) -> None:
        self.disconnect()
        self.box.let_go(self)
        self.page, self.shows, self.is_open, self.asleep, self.connects = None, None, False, False, False
        self.room_list, self.list = RoomList(self.person.pk, None), None
        self.drop_requests()
        self.shown, self.names, self.bubbles, self.warm = {}, {}, set(), {}
        self.under_way.clear()

    # What it receives

    def hear(self, text: str) -> None:
        if not self.is_open:
            return
        if text.startswith("<"):
            if self.page is not None and f'data-room="{self.shows}"' in text:
                self.take(rows_of(text))
            return
        message = json.loads(text)
        match message["type"]:
            case "beat":
                if "rooms" in message:
                    self.room_list.compare(message["rooms"])
                    self.compare_person(message["person"])
                # A beat without the room: the person may have lost it; the server says so when asked. A beat of another
                # room was on its way when this one was shown.
                if self.page is not None and message["room"] in {None, self.shows}:
                    self.wants |= message["version"] is None or self.page.beat(message["version"])
            case "nudge":
                self.room_list.nudge(message)
            case "rooms":
                self.room_list.wants = True
            case "read":
                self.room_list.read(message["room"], message["seq"])
                if message["room"] == self.shows:
                    self.told = max(self.told, message["seq"])
            case "latest":
                for room, seq in message["read"].items():
                    self.hear(json.dumps({"type": "read", "room": room, "seq": seq}))
            case "gone":
                self.room_list.lose(message["room"])
                self.warm.pop(message["room"], None)
                if message["room"] == self.shows:
                    self.lose()

    def compare_person(self, version: int) -> None:
        """What concerns the person's list, and no version of a room, may have changed while the page was loaded."""
        self.room_list.wants |= version != self.version
        self.version = version

    def put(self, rows: list[tuple[Row, str]], verdicts: list[str]) -> None:
        for (row, html), verdict in zip(rows, verdicts, strict=True):
            self.learn(html)
            if verdict == APPLY:
                self.shown[row.key] = html
            if verdict != IGNORE and row.seq is not None:
                shown = re.search(r'class="message__text"[^>]*>(.*?)</div>', html, re.DOTALL)
                author = re.search(r'data-author="(\d+)"', html)
                assert author
                text = re.sub(r"<[^>]*>", "", shown[1]).strip() if shown else None
                self.room_list.from_frame(row.seq, row.version, int(author[1]), text)
                self.came(UUID(row.key.removeprefix("message-")))

    def learn(self, html: str) -> None:
        """names.js: the newest version seen of a person has their name."""
        found = re.search(r'data-(?:author|person)="(\d+)" data-(?:author|person)-version="(\d+)"', html)
        if found:
            name = re.search(r'class="(?:message|person)__name"[^>]*>([^<]*)<', html)
            assert name
            self.names[found[1]] = max(self.names.get(found[1], (0, "")), (int(found[2]), name[1]))

    # What it must not contain

    def check_may_hear(self, html: str) -> None:
        """Nothing committed after a removal is written to the removed person's socket."""
        ((row, _),) = rows_of(html)
        self.check(row.version, html, "heard")

    def check_may_have(self, rows: list[tuple[Row, str]]) -> None:
        for row, html in rows:
            self.check(row.version, html, "read")

    def check_answer(self, rows: list[tuple[Row, str]]) -> None:
        """The answer was read just now, so it contains no expired messages either."""
        self.check_may_have(rows)
        gone = self.world.oracle.expired.get(self.shows or "", 0)
        if old := [row.seq for row, _ in rows if row.seq is not None and row.seq <= gone]:
            self.world.broken.append(
                f"{self.person} read {old} of {self.shows}, which keeps nothing up to {gone}"
            )

    def check(self, version: int, html: str, how: str) -> None:
        found = re.search(r'data-room="([^"]+)"', html)
        room = found[1] if found else self.shows or ""
        gone = self.world.oracle.removed_at.get((room, self.person.pk))
        if gone is not None and version >= gone:
            self.world.broken.append(
                f"{self.person} {how} {version} of {room}, where they were out since {gone}"
            )
