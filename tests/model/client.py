"""One person's open page: it follows static/js/rules.js through its twin, and asks the real catch-up and history."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from chat import catching_up
from chat.live.hub import Hub
from chat.live.rendering import member_html, message_html, title_html
from chat.live.sockets import Socket
from chat.live.standing import Credentials
from chat.models import Member, Message, Person, Room
from chat.models.message import Part
from chat.rendered import Window
from tests.model.page import APPLY, Page, Row
from tests.support.screen import rows_of

WINDOW, OLDER, MOST = 4, 3, 8


class Around(Protocol):
    """What a client needs of the world."""

    room: Room
    hub: Hub
    chance: random.Random
    calm: bool
    removed_at: dict[int, int]
    broken: list[str]
    credentials: dict[int, Credentials]

    def maybe_act(self) -> None: ...


@dataclass
class Request:
    """A page's question under way: asked, let in, answered, taken in; with anything in between.

    ``at``: what the page held, or its lowest or highest seq, when it asked, or where the reader goes (``elsewhere``).
    ``room``: the row as the view read it, before the rest.
    """

    at: int | None
    elsewhere: bool = False
    room: Room | None = None
    answer: Any = None


@dataclass
class Client:
    world: Around
    person: Person
    page: Page | None = None
    shown: dict[str, str] = field(default_factory=dict)
    names: dict[str, tuple[int, str]] = field(default_factory=dict)
    socket: Socket | None = None
    inbox: list[str] = field(default_factory=list)
    changes: Request | None = None
    older: Request | None = None
    walk: Request | None = None  # to newer messages, or elsewhere in the room
    wants: bool = False
    asleep: bool = False

    # Coming and going

    async def open(self) -> None:
        """Load the page (version before rows), then its socket. Changes may come between any two of these."""
        member = self.membership()
        if member is None:
            return
        room = member.room
        self.world.maybe_act()
        mine = Message.objects.visible_to(self.person).shown().filter(room=room)
        messages = mine.newest(WINDOW)
        self.world.maybe_act()
        people = Member.objects.current().select_related("person__user").filter(room=room)
        html = title_html(room) + "".join(map(member_html, people)) + "".join(map(message_html, messages))
        rows = rows_of(html)
        self.check_may_have([row for row, _ in rows if row.seq is not None])
        low = messages[0].seq if messages else None
        at_start = (not messages and room.last_seq == 0) or low == 1
        self.page = Page(room.version, low, at_start, [row for row, _ in rows])
        self.put(rows, [APPLY] * len(rows))
        self.world.maybe_act()
        await self.connect()

    async def connect(self) -> None:
        async def send(message: Any) -> None:
            if message["type"] == "websocket.send":
                text = message["text"]
                if text.startswith("<"):
                    self.check_may_hear(text)
                self.inbox.append(text)

        hub = self.world.hub
        if self.socket is not None:
            hub.leave(self.socket)
        self.inbox = []
        came_by = self.world.credentials[self.person.pk]
        entered = await hub.enter(came_by.session_key, shows=str(self.world.room.pk), send=send)
        if isinstance(entered, int):
            self.close()
            return
        self.socket = entered
        entered.start()

    async def sleep_or_wake(self) -> None:
        """A closed lid: no socket, nothing asked; what was asked for is still answered afterwards."""
        self.asleep = not self.asleep
        if not self.asleep:
            await self.connect()
        elif self.socket is not None:
            self.world.hub.leave(self.socket)
            self.socket, self.inbox = None, []

    def lose(self) -> None:
        if self.socket is not None:
            self.world.hub.leave(self.socket)
        self.close()

    def close(self) -> None:
        self.page, self.socket, self.wants = None, None, False
        self.changes, self.older, self.walk = None, None, None
        self.shown, self.names, self.inbox, self.asleep = {}, {}, [], False

    # What it hears

    def hear(self, text: str) -> None:
        if self.page is None:
            return
        if text.startswith("<"):
            rows = rows_of(text)
            verdict, gap = self.page.frame(rows[0][0])
            self.put(rows, [verdict])
            self.wants |= gap
        elif '"beat"' in text:
            version = re.search(r'"version": (\d+)', text)
            # A beat without the room: it may not be ours any longer, the server says so when asked.
            self.wants |= version is None or self.page.beat(int(version[1]))
        elif '"gone"' in text:
            self.lose()

    def put(self, rows: list[tuple[Row, str]], verdicts: list[str]) -> None:
        for (row, html), verdict in zip(rows, verdicts, strict=True):
            self.learn(html)
            if verdict == APPLY:
                self.shown[row.key] = html

    def learn(self, html: str) -> None:
        """names.js: the newest version seen of a person says their name."""
        found = re.search(r'data-(?:author|person)="(\d+)" data-(?:author|person)-version="(\d+)"', html)
        if found:
            name = re.search(r'class="(?:message|person)__name"[^>]*>([^<]*)<', html)
            assert name
            self.names[found[1]] = max(self.names.get(found[1], (0, "")), (int(found[2]), name[1]))

    # What it asks

    @property
    def busy(self) -> bool:
        return self.page is not None and bool(self.wants or self.changes or self.older or self.walk)

    def ask_on(self) -> None:
        """Whatever one of the page's kinds of questions needs next."""
        if self.page is None or self.asleep:
            return
        if (self.walk or not self.world.calm) and self.world.chance.random() < 0.3:
            if self.walk is None:
                self.let_go(self.page)
                self.walk = self.somewhere(self.page)
            else:
                self.go_on(self.walk, self.answer_walk, self.take_walk)
        elif (self.older or not self.page.at_start) and self.world.chance.random() < 0.4:
            if self.older is None:
                self.older = Request(self.page.low)
            else:
                self.go_on(self.older, self.answer_older, self.take_older)
        elif self.changes is not None:
            self.go_on(self.changes, self.answer_changes, self.take_changes)
        elif self.wants:
            self.wants = False
            self.changes = Request(self.page.held)

    def go_on(
        self,
        request: Request,
        answer: Callable[[Request, Room], None],
        take: Callable[[Request, Room, Page], None],
    ) -> None:
        if request.room is None:
            self.let_in(request)
        elif request.answer is None:
            answer(request, request.room)
        elif self.page is not None:
            take(request, request.room, self.page)

    def let_in(self, request: Request) -> None:
        """The view's first query: membership and the room's row."""
        member = self.membership()
        if member is None:
            self.lose()
        else:
            request.room = member.room

    def membership(self) -> Member | None:
        here = Member.objects.current().filter(room=self.world.room, person=self.person)
        return here.select_related("room").first()

    def let_go(self, page: Page) -> None:
        """The window is bounded: rows at one of its ends leave it."""
        seqs = sorted(row.seq for row in page.rows.values() if row.seq is not None)
        if len(seqs) > MOST:
            top = self.world.chance.random() < 0.5
            page.trim(low=seqs[-MOST]) if top else page.trim(high=seqs[MOST - 1])
            self.forget(page)

    def forget(self, page: Page) -> None:
        self.shown = {key: html for key, html in self.shown.items() if key in page.rows}

    def somewhere(self, page: Page) -> Request | None:
        chance = self.world.chance
        if chance.random() < 0.3:
            return Request(chance.randint(0, self.world.room.last_seq + 2), elsewhere=True)
        return None if page.high is None else Request(page.high)

    def answer_walk(self, request: Request, room: Room) -> None:
        mine = Message.objects.visible_to(self.person).shown().filter(room=room)
        assert request.at is not None
        part = Part(request.at, 2, OLDER) if request.elsewhere else Part(request.at + 1, 0, OLDER)
        rows = rows_of("".join(map(message_html, mine.part(part))))
        self.check_may_have([row for row, _ in rows])
        seqs = [row.seq or 0 for row, _ in rows]
        window = Window("", seqs[0] if seqs else None, seqs[-1] if seqs else None)
        request.answer = rows, window.at_start(part), window.at_end(part, room.last_seq)

    def take_walk(self, request: Request, room: Room, page: Page) -> None:
        self.walk = None
        rows, at_start, at_end = request.answer
        found = [row for row, _ in rows]
        if request.elsewhere:
            verdicts, drain = page.replace(room.version, found, at_start, at_end)
            self.forget(page)
        else:
            verdicts, drain = page.newer(request.at, room.version, found, at_end)
        self.wants |= drain
        self.put(rows, verdicts)

    def answer_changes(self, request: Request, room: Room) -> None:
        """The view's other queries, later."""
        assert request.at is not None
        request.answer = catching_up.since(room, request.at)
        self.check_may_have([row for html in request.answer.fragments for row, _ in rows_of(html)])

    def answer_older(self, request: Request, room: Room) -> None:
        mine = Message.objects.visible_to(self.person).shown().filter(room=room)
        request.answer = mine.before(request.at or 1, OLDER)
        self.check_may_have([row for message in request.answer for row, _ in rows_of(message_html(message))])

    def take_changes(self, request: Request, _: Room, page: Page) -> None:
        """The answer reaches the page, later still."""
        self.changes = None
        answer = request.answer
        rows = rows_of("".join(answer.fragments))
        found = [row for row, _ in rows]
        if answer.start_over:
            self.shown.clear()
            verdicts = page.start_over(answer.version, found, answer.at_start)
        else:
            assert request.at is not None
            verdicts, again = page.answer(request.at, answer.version, answer.more, found)
            self.wants |= again
        self.put(rows, verdicts)

    def take_older(self, request: Request, room: Room, page: Page) -> None:
        self.older = None
        rows = rows_of("".join(map(message_html, request.answer)))
        at_start = not rows or rows[0][0].seq == 1
        verdicts, drain = page.history(request.at, room.version, [row for row, _ in rows], at_start)
        self.wants |= drain
        self.put(rows, verdicts)

    # What it may not have

    def check_may_hear(self, html: str) -> None:
        """Out means out: nothing committed after a removal is written to the removed person's socket."""
        ((row, _),) = rows_of(html)
        gone = self.world.removed_at.get(self.person.pk)
        if gone is not None and row.version >= gone:
            self.world.broken.append(f"{self.person} heard {row} after being removed at {gone}")

    def check_may_have(self, rows: list[Row]) -> None:
        gone = self.world.removed_at.get(self.person.pk)
        if gone is not None and any(row.version >= gone for row in rows):
            self.world.broken.append(f"{self.person} read past {gone}, where they were removed")
