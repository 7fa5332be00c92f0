"""What a page requests: changes, older and newer messages, other parts of the room, the room list."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chat.events.rendering import message_html
from chat.models import Member, Message, Person, Room
from chat.models.message import MessageRange
from chat.queries import catching_up
from chat.queries.cached_fragments import Window
from chat.queries.room_list import room_list_of
from tests.model.page import Page, Row
from tests.model.room_list import RoomList
from tests.support.screen import rows_of

if TYPE_CHECKING:
    from tests.model.world import World

OLDER, MOST = 3, 8


NOTHING = Window("", None, None)


@dataclass
class Request:
    """A page's request in progress: sent, admitted, answered, applied; anything may happen in between.

    ``at``: what the page held, or its lowest or highest seq, when it asked, or where the reader jumps (``elsewhere``).
    ``room``: the row as the view read it, before the rest.
    """

    at: int | None
    elsewhere: bool = False
    room: Room | None = None
    answer: Any = None


class Asking:
    """The part of a client that sends requests."""

    world: "World"
    person: Person
    shows: str | None
    page: Page | None
    room_list: RoomList
    asleep: bool
    shown: dict[str, str]

    def __init__(self) -> None:
        self.changes: Request | None = None
        self.older: Request | None = None
        self.walk: Request | None = None  # to newer messages, or to another part of the room
        self.list: Request | None = None
        self.wants = False

    if TYPE_CHECKING:

        def lose(self) -> None: ...
        def began_anew(self) -> None: ...
        def put(self, rows: list[tuple[Row, str]], verdicts: list[str]) -> None: ...
        def check_answer(self, rows: list[tuple[Row, str]]) -> None: ...

    def drop_requests(self) -> None:
        self.changes = self.older = self.walk = None
        self.wants = False

    def answers_are_lost(self) -> None:
        """The servers were stopped: requests without an answer are repeated."""
        for request in (self.changes, self.older, self.walk, self.list):
            if request is not None:
                request.room = request.answer = None

    @property
    def asking(self) -> bool:
        ours = self.page is not None and bool(self.wants or self.changes or self.older or self.walk)
        return ours or bool(self.room_list.wants or self.list)

    def ask_on(self) -> None:
        """The next step of one of the page's kinds of requests."""
        if self.asleep:
            return
        chance = self.world.chance
        if (self.list or self.room_list.wants) and (self.page is None or chance.random() < 0.4):
            self.ask_for_list()
        elif self.page is None:
            return
        elif (self.walk or not self.world.calm) and chance.random() < 0.3:
            if self.walk is None:
                self.let_go(self.page)
                self.walk = self.somewhere(self.page)
            else:
                self.go_on(self.walk, self.answer_walk, self.take_walk)
        elif (self.older or not self.page.at_start) and chance.random() < 0.4:
            if self.older is None:
                self.older = Request(self.page.low)
            else:
                self.go_on(self.older, self.answer_older, self.take_older)
        elif self.changes is not None:
            self.go_on(self.changes, self.answer_changes, self.take_changes)
        elif self.wants:
            self.wants = False
            self.changes = Request(self.page.held)

    def ask_for_list(self) -> None:
        """One request at a time; if another is wanted meanwhile, it follows."""
        if self.list is None:
            self.room_list.wants = False
            self.list = Request(None)
        elif self.list.answer is None:
            self.list.answer = str_of(room_list_of(Person.objects.get(pk=self.person.pk)))
        else:
            html, self.list = self.list.answer, None
            self.room_list.take(html)

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
        here = Member.objects.current().filter(room=self.shows, person=self.person)
        return here.select_related("room").first()

    def mine(self, room: Room) -> Any:
        return Message.objects.visible_to(self.person).shown().filter(room=room)

    def let_go(self, page: Page) -> None:
        """The window is limited: rows at one end are removed."""
        seqs = sorted(row.seq for row in page.rows.values() if row.seq is not None)
        if len(seqs) > MOST:
            top = self.world.chance.random() < 0.5
            page.trim(low=seqs[-MOST]) if top else page.trim(high=seqs[MOST - 1])
            self.drop(page)

    def drop(self, page: Page) -> None:
        self.shown = {key: html for key, html in self.shown.items() if key in page.rows}

    def somewhere(self, page: Page) -> Request | None:
        chance = self.world.chance
        if chance.random() < 0.3:
            newest = self.room_list.rows[self.shows].last_seq if self.shows in self.room_list.rows else 10
            return Request(chance.randint(0, newest + 2), elsewhere=True)
        return None if page.high is None else Request(page.high)

    def answer_walk(self, request: Request, room: Room) -> None:
        assert request.at is not None
        wanted = (
            MessageRange(request.at, 2, OLDER)
            if request.elsewhere
            else MessageRange(request.at + 1, 0, OLDER)
        )
        rows = rows_of("".join(map(message_html, self.mine(room).in_range(wanted))))
        self.check_answer(rows)
        seqs = [row.seq or 0 for row, _ in rows]
        window = Window("", seqs[0] if seqs else None, seqs[-1] if seqs else None)
        if window.misses(wanted, room):
            request.room = None
            return
        request.answer = rows, window.at_start(wanted, room), window.at_end(wanted, room)

    def take_walk(self, request: Request, room: Room, page: Page) -> None:
        self.walk = None
        rows, at_start, at_end = request.answer
        found = [row for row, _ in rows]
        if request.elsewhere:
            verdicts, drain = page.replace(room.version, found, at_start, at_end)
            self.drop(page)
        else:
            verdicts, drain = page.newer(request.at, room.version, found, at_end)
        self.wants |= drain
        self.put(rows, verdicts)

    def answer_changes(self, request: Request, room: Room) -> None:
        """The view's other queries, later."""
        assert request.at is not None
        request.answer = catching_up.since(room, request.at)
        rows = [row for html in request.answer.fragments for row in rows_of(html)]
        self.check_answer(rows)

    def take_changes(self, request: Request, _: Room, page: Page) -> None:
        """The answer reaches the page, even later."""
        self.changes = None
        answer = request.answer
        rows = rows_of("".join(answer.fragments))
        found = [row for row, _ in rows]
        if answer.start_over:
            self.shown.clear()
            self.began_anew()
            verdicts = page.start_over(answer.version, found, answer.at_start)
        else:
            assert request.at is not None
            verdicts, again = page.answer(request.at, answer.version, answer.more, found)
            self.wants |= again
        self.put(rows, verdicts)

    def answer_older(self, request: Request, room: Room) -> None:
        request.answer = self.mine(room).before(request.at or 1, OLDER)
        if not request.answer and NOTHING.misses(MessageRange.before(request.at or 1), room):
            request.room = request.answer = None
            return
        rows = [row for message in request.answer for row in rows_of(message_html(message))]
        self.check_answer(rows)

    def take_older(self, request: Request, room: Room, page: Page) -> None:
        self.older = None
        rows = rows_of("".join(map(message_html, request.answer)))
        at_start = not rows or (rows[0][0].seq or 0) <= room.first_seq
        verdicts, drain = page.history(request.at, room.version, [row for row, _ in rows], at_start)
        self.wants |= drain
        self.put(rows, verdicts)


def str_of(room_list: Any) -> str:
    return f"{room_list.favourites}{room_list.rooms}{room_list.directs}{room_list.archived}"
