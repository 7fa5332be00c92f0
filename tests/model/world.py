"""Rooms, people with several tabs, two processes, and a bad network between them: the real actions, hubs, rendering and
catch-up; simulated pages.

All chance comes from one generator, which each step of a run seeds again: the same steps give the same run. Frames and
layer messages are lost, delayed, duplicated and reordered; the whole workspace is restored from a backup.
"""

import asyncio
import random
from collections.abc import Callable
from typing import Any
from uuid import UUID

from chat import actions
from chat.actions import Posted
from chat.errors import ChatError
from chat.events.fragments import fragments
from chat.live.access import Credentials
from chat.models import Message, Person
from tests.model import operations
from tests.model.backup import sessions_of
from tests.model.client import Client
from tests.model.clock import Clock
from tests.model.oracle import Oracle
from tests.model.outbox import Outbox
from tests.model.process import Process

LOSING = 0.15
TABS = (0, 0, 1, 1, 2, 3)  # whose each is


class World:
    """``losing``: the chance that something in transit is lost or duplicated. ``broken``: violations seen so far."""

    def __init__(self, people: list[Person], credentials: dict[int, Credentials], clock: Clock) -> None:
        self.chance = random.Random(0)
        self.losing = LOSING
        self.calm = False
        self.clock = clock
        self.people = people
        self.credentials = credentials
        self.sessions = dict(sessions_of(credentials))
        self.oracle = Oracle()
        self.commits: list[Callable[[], None]] = []
        self.boxes = {person.pk: Outbox() for person in people}
        self.clients = [Client(self, people[n], self.boxes[people[n].pk]) for n in TABS]
        self.late: list[tuple[Person, str, UUID, str]] = []  # copies of posts, still in transit
        self.unheard: set[int] = (
            set()
        )  # people whose "read" frame was lost: their lists are right after the next fetch
        self.backup: tuple[str, Oracle] | None = None
        self.broken: list[str] = []  # found in tasks, where an exception would be lost
        self.log: list[str] = []
        self.processes: list[Process] = []
        self.rooms: list[str] = []
        self.written: set[UUID] = set()  # written in pages, and not discarded by the author
        self.kept: set[UUID] = set()  # acknowledged at any time
        self.made = 0

    def begin(self) -> None:
        """Needs the running loop."""
        fragments.clear()  # the previous run was rolled back, and this one uses the same ids and versions again
        for person in self.people:
            person.refresh_from_db()
        self.processes = [Process(), Process()]
        alice, bob, charlie, dora = self.people
        lobby = self.make_room(alice, "lobby", "open")
        den = self.make_room(dora, "den", "closed")
        for person in (bob, charlie):
            self.do(actions.join_room, person, UUID(lobby))
        self.do(actions.add_member, dora, UUID(den), "alice")
        for process in self.processes:
            process.layer.clear()

    def make_room(self, owner: Person, name: str, kind: str) -> str:
        made = self.do(actions.create_room, owner, name=name, topic="", kind=kind)
        self.rooms.append(str(made.pk))
        return self.rooms[-1]

    def note(self, line: str) -> None:
        self.log.append(line)

    def new_id(self) -> UUID:
        """As a browser creates it, of version 7: a later one is higher."""
        self.made += 1
        return UUID(int=self.made << 80 | 7 << 76 | 2 << 62 | self.chance.getrandbits(60))

    def words(self) -> str:
        return f"Words {self.made}-{self.chance.randrange(10**6)}"

    # What people do

    def do(self, action: Callable[..., Any], person: Person, *args: Any, **kwargs: Any) -> Any:
        """Returns the result or the ChatError. Events are published after the commit; a refused action publishes nothing."""
        person.refresh_from_db()
        self.commits.clear()
        try:
            outcome = action(person, *args, **kwargs)
        except ChatError as error:
            outcome = error
        commits, self.commits = self.commits, []
        if not isinstance(outcome, ChatError):
            self.oracle.look(self.broken)
            for told in commits:
                told()
        result = type(outcome).__name__ if isinstance(outcome, ChatError) else "done"
        self.note(f"{person} {action.__name__} {' '.join(map(str, (*args, *kwargs.values())))}: {result}")
        return outcome

    def post(
        self, person: Person, room: str, message: UUID, body: str, *, by_outbox: bool = False
    ) -> Posted | ChatError:
        outcome = self.do(actions.post_message, person, UUID(room), id=message, body=body)
        membership = room, person.pk
        if isinstance(outcome, Posted):
            self.oracle.acknowledged[message] = membership
            self.kept.add(message)
            if outcome.created:
                self.oracle.posted(
                    self.broken, membership, message, body, outcome.message.seq, self.clock.now()
                )
                if by_outbox:
                    self.oracle.sent(self.broken, membership, message)
        return outcome

    def edit(self, message: UUID, body: str) -> None:
        """Edited by its author."""
        found = Message.objects.select_related("author").get(pk=message)
        if not isinstance(self.do(actions.edit_message, found.author, message, body), ChatError):
            self.oracle.words[message] = body

    def maybe_act(self) -> None:
        if not self.calm and self.chance.random() < 0.2:
            self.act()

    def act(self) -> None:
        """An operation of a person, even without permission."""
        operations.one(self, self.chance.choice(self.people))

    # What the network does

    def told(self, events: Any) -> None:
        """Replaces ``publishing._send``: puts envelopes into each process' queue, from which the scheduler takes."""
        for event in events:
            envelope = event.to_envelope()
            for process in self.processes:
                process.layer.append(envelope)

    async def settle(self) -> None:
        """Run the hubs' and the sockets' tasks until they wait."""
        for _ in range(8):
            await asyncio.sleep(0)

    async def from_layer(self) -> None:
        """One of the oldest layer messages reaches a hub: once, twice, or never."""
        process = self.chance.choice(self.processes)
        if not process.layer:
            return
        envelope = process.layer.pop(self.chance.randrange(min(4, len(process.layer))))
        if self.chance.random() < self.losing:
            if envelope["delivery"] == "latest":
                self.unheard.add(int(envelope["topic"].removeprefix("person:")))
            return
        process.hub.receive(envelope)
        if self.chance.random() < self.losing:
            await self.settle()
            process.hub.receive(envelope)

    def to_page(self, client: Client) -> None:
        """One of the socket's messages reaches the page: fragments late, twice, or never; all others in order."""
        if not client.inbox:
            return
        text = client.inbox[self.chance.randrange(len(client.inbox))]
        if not text.startswith("<"):
            client.hear(take_first(client.inbox))
            return
        client.inbox.remove(text)
        if self.chance.random() < self.losing:
            return
        client.hear(text)
        if self.chance.random() < self.losing:
            client.hear(text)

    def late_post(self) -> None:
        """A copy of a post that was delayed for long."""
        if self.late:
            person, room, message, body = self.late.pop(self.chance.randrange(len(self.late)))
            self.post(person, room, message, body)

    async def restart(self) -> None:
        """A process ends and another starts: its sockets are lost, the pages reconnect."""
        number = self.chance.randrange(len(self.processes))
        old, self.processes[number] = self.processes[number], Process()
        await old.end()
        self.note("a process is another one")
        for client in self.clients:
            if client.process is old:
                client.socket = None
                if client.is_open and not client.asleep:
                    await client.come_again()


def take_first(inbox: list[str]) -> str:
    """The oldest message that is no fragment."""
    return inbox.pop(next(n for n, text in enumerate(inbox) if not text.startswith("<")))
