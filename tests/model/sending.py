"""What a page sends: messages through its person's outbox, like delivery.js and bubbles.js, and read positions."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from chat import actions
from chat.actions import Posted
from chat.errors import ChatError, Limited
from chat.events.rendering import message_html
from chat.models import Person
from tests.model.outbox import Item, Outbox
from tests.model.page import Page, Row
from tests.model.room_list import RoomList
from tests.support.delivery import DeliveryRules, Outcome
from tests.support.screen import rows_of

if TYPE_CHECKING:
    from tests.model.world import World


@dataclass
class Delivery:
    """An item in transit; ``outcome`` is the server's answer, once it is on its way back."""

    id: UUID
    outcome: Posted | ChatError | None = None
    rules: DeliveryRules = field(default_factory=DeliveryRules)


class Sending:
    """The part of a client that sends the person's outbox."""

    world: "World"
    person: Person
    shows: str | None
    page: Page | None
    room_list: RoomList
    box: Outbox
    wants: bool

    def __init__(self) -> None:
        self.under_way: dict[str, Delivery] = {}
        self.bubbles: set[UUID] = set()
        self.told = 0

    if TYPE_CHECKING:

        def put(self, rows: list[tuple[Row, str]], verdicts: list[str]) -> None: ...

    def write(self) -> None:
        """The person types and sends: the message is stored on the device first."""
        if self.page is None or self.shows is None:
            return
        item = Item(self.world.new_id(), self.shows, self.world.words())
        self.world.written.add(item.id)
        self.show(item)
        self.box.put(item)
        self.world.note(f"{self.person} writes {item.body}")

    def arrived(self, message: UUID) -> bool:
        row = self.page and self.page.rows.get(f"message-{message}")
        return bool(row and row.version)

    # Bubbles

    def show(self, item: Item) -> None:
        assert self.page
        self.bubbles.add(item.id)
        self.page.pending(f"message-{item.id}")

    def draw(self) -> None:
        """Show the bubbles of this room's items, and no others."""
        if self.page is None:
            return
        items = [item for item in self.box.mine() if item.room == self.shows]
        for item in items:
            if self.arrived(item.id):
                self.box.drop(item.id)  # announces, and draws again
                return
        for item in items:
            self.show(item)

    def burst(self) -> None:
        """Remove bubbles of items no longer in the outbox: the message itself had time to arrive."""
        for message in sorted(self.bubbles - self.box.items.keys()):
            self.bubbles.discard(message)
            if self.page and not self.arrived(message):
                self.page.discard(f"message-{message}")

    def came(self, message: UUID) -> None:
        """A message reported as not stored is here after all, from a copy that was delayed."""
        item = self.box.items.get(message)
        if item is not None and item.failed:
            self.box.drop(message)

    # Sending

    def send_on(self) -> None:
        """One step for one room: take the lock, send the first item, apply its answer."""
        chance = self.world.chance
        rooms = list(dict.fromkeys([*self.under_way, *self.box.rooms()]))
        if not rooms:
            return
        room = chance.choice(rooms)
        delivery = self.under_way.get(room)
        if delivery is None:
            first = self.box.first(room)
            if first is None or not self.box.take_lock(room, self):
                return
            self.under_way[room] = Delivery(first.id)
        elif delivery.outcome is None:
            self.go_out(room, delivery)
        elif chance.random() < self.world.losing:
            delivery.rules.next(Outcome("away"))
            delivery.outcome = None  # the answer is lost: send again, with the same id
        else:
            self.take_answer(room, delivery, delivery.outcome)

    def go_out(self, room: str, delivery: Delivery) -> None:
        item = self.box.items.get(delivery.id)
        if item is None or (room == self.shows and self.arrived(item.id)):
            self.done(room, delivery, "")
            return
        chance, losing = self.world.chance, self.world.losing
        if chance.random() < losing:
            return
        sent = self.sent_as(item)
        if chance.random() < losing:  # a copy stays in transit for a while
            self.world.late.append((self.person, room, sent, item.body))
        if chance.random() >= losing:
            delivery.outcome = self.world.post(self.person, room, sent, item.body, by_outbox=not item.again)

    def sent_as(self, item: Item) -> UUID:
        return item.id

    def take_answer(self, room: str, delivery: Delivery, outcome: Posted | ChatError) -> None:
        if isinstance(outcome, Posted):
            if room == self.shows and self.page is not None and self.world.chance.random() < 0.5:
                self.take(
                    rows_of(message_html(outcome.message))
                )  # over HTTP; over the socket the frame is enough
            elif room == self.shows and self.page is not None:
                self.wants |= self.page.held < outcome.message.version
            self.done(room, delivery, "")
            return
        heard = Outcome("early", outcome.retry_after) if isinstance(outcome, Limited) else Outcome("refused")
        if delivery.rules.next(heard).step == "wait":
            delivery.outcome = None  # it keeps its position, and so do those behind it
        else:
            self.done(room, delivery, type(outcome).__name__)

    def take(self, rows: list[tuple[Row, str]]) -> None:
        assert self.page
        for row, html in rows:
            verdict, gap = self.page.frame(row)
            self.wants |= gap
            self.put([(row, html)], [verdict])

    def done(self, room: str, delivery: Delivery, failed: str) -> None:
        del self.under_way[room]
        self.box.settle(delivery.id, failed)
        if self.box.locks.get(room) is self:
            del self.box.locks[room]

    # Failed messages

    def try_again(self) -> None:
        failed = [item for item in self.box.mine() if item.failed]
        if failed:
            item = self.world.chance.choice(failed)
            item.failed, item.again = "", True
            self.box.announce()

    def give_up(self) -> None:
        failed = [item for item in self.box.mine() if item.failed]
        if failed:
            item = self.world.chance.choice(failed)
            self.world.written.discard(item.id)
            self.box.drop(item.id)

    # Reading

    def read(self) -> None:
        """Whoever looks at the newest message has read it; reported if it is beyond the last report."""
        if self.page is None or self.page.high is not None or self.shows is None:
            return
        seq = max((row.seq or 0 for row in self.page.rows.values()), default=0)
        if seq <= self.told:
            return
        self.told = seq
        self.room_list.read(self.shows, seq)
        room = self.shows
        if not isinstance(self.world.do(actions.mark_read, self.person, UUID(room), seq), ChatError):
            self.world.oracle.read_up_to((room, self.person.pk), seq)
