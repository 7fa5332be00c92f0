"""A room, its people, and a bad network between them: the real actions, hub, rendering and catch-up; simulated pages.

One seeded scheduler decides what happens next, so that a seed replays exactly. Frames and layer messages are lost, late,
doubled and reordered; requests are answered in the middle of other changes; hubs restart.
"""

import asyncio
import contextlib
import random
import re
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from chat import actions, catching_up
from chat.errors import ChatError
from chat.live.hub import Hub
from chat.live.rendering import Told, member_html, message_html, tell, title_html
from chat.live.sockets import Socket
from chat.live.standing import Credentials
from chat.models import Member, Message, Person, Room
from tests.model.page import APPLY, Page, Row
from tests.support.screen import rows_of

WINDOW, OLDER = 5, 3


@dataclass
class Request:
    """A page's question under way. ``room`` is the row as the view read it, before anything else."""

    kind: str
    after: int
    room: Room
    answer: Any = None


@dataclass
class Client:
    """One person's open page, following static/js/rules.js through its twin."""

    person: Person
    page: Page | None = None
    shown: dict[str, str] = field(default_factory=dict)
    names: dict[str, tuple[int, str]] = field(default_factory=dict)
    socket: Socket | None = None
    inbox: list[str] = field(default_factory=list)
    request: Request | None = None
    wants: bool = False

    def learn(self, html: str) -> None:
        """names.js: the newest version seen of a person says their name."""
        found = re.search(r'data-(?:author|person)="(\d+)" data-(?:author|person)-version="(\d+)"', html)
        if found:
            name = re.search(r'class="(?:message|person)__name"[^>]*>([^<]*)<', html)
            assert name
            self.names[found[1]] = max(self.names.get(found[1], (0, "")), (int(found[2]), name[1]))

    def put(self, rows: list[tuple[Row, str]], verdicts: list[str]) -> None:
        for (row, html), verdict in zip(rows, verdicts, strict=True):
            self.learn(html)
            if verdict == APPLY:
                self.shown[row.key] = html

    def close(self) -> None:
        self.page, self.socket, self.request, self.wants = None, None, None, False
        self.shown, self.names, self.inbox = {}, {}, []


def drawn(html: str, names: dict[str, tuple[int, str]]) -> tuple[Any, ...]:
    """What a fragment shows, the name as the page corrects it."""
    who = re.search(r'data-(?:author|person)="(\d+)"', html)
    name = names[who[1]][1] if who else ""
    rest = re.sub(r' data-(?:author|person)-version="\d+"', "", html)
    rest = re.sub(r'(class="(?:message|person)__name"[^>]*>)[^<]*', r"\1", rest)
    rest = re.sub(r'(<span class="avatar[^>]*>)[^<]*', r"\1", rest)
    return name, rest


class World:
    """``losing``: the chance that a frame or layer message is lost or doubled."""

    def __init__(
        self, seed: int, people: list[Person], credentials: dict[int, Credentials], losing: float = 0.15
    ) -> None:
        self.chance = random.Random(seed)
        self.losing = losing
        self.people = people
        self.credentials = credentials
        self.layer: list[Told] = []
        self.clients = [Client(person) for person in people]
        self.removed_at: dict[int, int] = {}
        self.hub = self._new_hub()
        self.room = actions.create_room(people[0], name=f"r{seed}", topic="", kind="open")
        self.ids: list[tuple[Person, UUID, str]] = []
        for person in people[1:3]:
            actions.join_room(person, self.room.pk)
        self.layer.clear()

    def told(self, events: Any) -> None:
        """Stands for ``publishing._send``: the layer's queue, from which the scheduler takes as it likes."""
        self.layer.extend(tell(event) for event in events)

    def _new_hub(self) -> Hub:
        async def opened() -> None:
            pass

        hub = Hub()
        hub._ear.open = opened  # type: ignore[method-assign]
        hub._beating = asyncio.get_running_loop().create_future()  # type: ignore[assignment]
        return hub

    async def settle(self) -> None:
        """Let the hub's and the sockets' tasks run until they wait."""
        for _ in range(12):
            await asyncio.sleep(0)

    # What people do

    def members(self) -> set[int]:
        return set(Member.objects.current().filter(room=self.room).values_list("person", flat=True))

    def act(self) -> None:
        """One action of somebody, also of people who may not; then remember who is out since when."""
        before = self.members()
        with contextlib.suppress(ChatError):
            self._act(self.chance.choice(self.people))
        self.room.refresh_from_db()
        after = self.members()
        for person in before - after:
            self.removed_at[person] = Member.objects.get(room=self.room, person=person).version
        for person in after:
            self.removed_at.pop(person, None)

    def _act(self, person: Person) -> None:
        room, chance = self.room.pk, self.chance
        person.refresh_from_db()
        messages = list(Message.objects.filter(room=room, deleted_at=None))
        others = list(Member.objects.current().filter(room=room).exclude(role="owner"))
        what = chance.choices(
            ["post", "again", "edit", "delete", "join", "leave", "remove", "rename", "describe", "role"],
            [30, 4, 12, 8, 8, 4, 5, 5, 3, 3],
        )[0]
        text = f"Words {chance.randrange(10**6)}"
        if what == "post":
            self.ids.append((person, uuid4(), text))
            actions.post_message(person, room, id=self.ids[-1][1], body=text)
        elif what == "again" and self.ids:
            author, message_id, body = chance.choice(self.ids)
            actions.post_message(author, room, id=message_id, body=body)
        elif what == "edit" and messages:
            message = chance.choice(messages)
            actions.edit_message(message.author, message.pk, text)
        elif what == "delete" and messages:
            actions.delete_message(person, chance.choice(messages).pk)
        elif what == "join":
            actions.join_room(person, room)
        elif what == "leave":
            actions.leave_room(person, room)
        elif what == "remove" and others:
            actions.remove_member(self.people[0], room, chance.choice(others).pk)
        elif what == "rename":
            actions.rename_person(person, f"Name {chance.randrange(1000)}")
        elif what == "describe":
            actions.edit_room(self.people[0], room, name="room", topic=text)
        elif what == "role" and others:
            role = chance.choice(["member", "moderator"])
            actions.set_role(self.people[0], room, chance.choice(others).pk, role)

    # What pages do

    async def open(self, client: Client) -> None:
        """Load the page (version before rows), then its socket. Changes may come between any two of these."""
        member = (
            Member.objects.current()
            .select_related("room")
            .filter(room=self.room, person=client.person)
            .first()
        )
        if member is None:
            return
        room = member.room
        self.maybe_act()
        mine = Message.objects.visible_to(client.person).shown().filter(room=room)
        messages = mine.newest(WINDOW)
        self.maybe_act()
        people = Member.objects.current().select_related("person__user").filter(room=room)
        html = title_html(room) + "".join(map(member_html, people)) + "".join(map(message_html, messages))
        rows = rows_of(html)
        self.check_may_have(client, [row for row, _ in rows if row.seq is not None])
        low = messages[0].seq if messages else None
        at_start = (not messages and room.last_seq == 0) or low == 1
        client.page = Page(room.version, low, at_start, [row for row, _ in rows])
        client.put(rows, [APPLY] * len(rows))
        self.maybe_act()
        await self.connect(client)

    def maybe_act(self) -> None:
        if self.chance.random() < 0.3:
            self.act()

    async def connect(self, client: Client) -> None:
        async def send(message: Any) -> None:
            if message["type"] == "websocket.send":
                text = message["text"]
                if text.startswith("<"):
                    self.check_may_hear(client, text)
                client.inbox.append(text)

        if client.socket is not None:
            self.hub.leave(client.socket)
        client.inbox = []
        came_by = self.credentials[client.person.pk]
        socket = Socket(person_id=client.person.pk, credentials=came_by, shows=str(self.room.pk), send=send)
        if await self.hub.enter(socket) is not None:
            self.hub.leave(socket)
            client.close()
            return
        client.socket = socket
        socket.start()

    def check_may_hear(self, client: Client, html: str) -> None:
        """Out means out: nothing committed after a removal is written to the removed person's socket."""
        ((row, _),) = rows_of(html)
        gone = self.removed_at.get(client.person.pk)
        assert gone is None or row.version < gone, (
            f"{client.person} heard {row} after being removed at {gone}"
        )

    def check_may_have(self, client: Client, rows: list[Row]) -> None:
        gone = self.removed_at.get(client.person.pk)
        assert gone is None or all(row.version < gone for row in rows), f"{client.person} read past {gone}"

    def hear(self, client: Client, text: str) -> None:
        if client.page is None:
            return
        if text.startswith("<"):
            rows = rows_of(text)
            verdict, gap = client.page.frame(rows[0][0])
            client.put(rows, [verdict])
            client.wants |= gap
        elif '"beat"' in text:
            version = re.search(r'"version": (\d+)', text)
            # A beat without the room: it may not be ours any longer, the server says so when asked.
            client.wants |= version is None or client.page.beat(int(version[1]))
        elif '"gone"' in text:
            if client.socket is not None:
                self.hub.leave(client.socket)
            client.close()

    def ask(self, client: Client, kind: str = "changes") -> None:
        """The view's first query: membership and the room's row."""
        member = (
            Member.objects.current()
            .select_related("room")
            .filter(room=self.room, person=client.person)
            .first()
        )
        if member is None:
            if client.socket is not None:
                self.hub.leave(client.socket)
            client.close()
        elif client.page is not None:
            client.wants = client.wants and kind != "changes"
            client.request = Request(kind, client.page.held, member.room)

    def compute(self, client: Client) -> None:
        """The view's other queries, later."""
        request, page = client.request, client.page
        assert request
        assert page
        if request.kind == "changes":
            request.answer = catching_up.since(request.room, request.after)
            rows = [row for html in request.answer.fragments for row, _ in rows_of(html)]
        else:
            mine = Message.objects.visible_to(client.person).shown().filter(room=self.room)
            request.answer = mine.before(page.low or 1, OLDER)
            rows = [row for message in request.answer for row, _ in rows_of(message_html(message))]
        self.check_may_have(client, rows)

    def take(self, client: Client) -> None:
        """The answer reaches the page, later still."""
        request, page = client.request, client.page
        client.request = None
        assert request
        if page is None:
            return
        if request.kind == "older":
            rows = rows_of("".join(map(message_html, request.answer)))
            at_start = not rows or rows[0][0].seq == 1
            verdicts, drain = page.history(request.room.version, [row for row, _ in rows], at_start)
            client.wants |= drain
        else:
            answer = request.answer
            rows = rows_of("".join(answer.fragments))
            if answer.start_over:
                client.shown.clear()
                verdicts = page.start_over(answer.version, [row for row, _ in rows], answer.at_start)
            else:
                verdicts, again = page.answer(
                    request.after, answer.version, answer.more, [row for row, _ in rows]
                )
                client.wants |= again
        client.put(rows, verdicts)

    # The scheduler

    async def step(self) -> None:
        chance = self.chance
        what = chance.choices(
            ["act", "layer", "hear", "ask", "open", "beat", "restart"], [30, 25, 30, 20, 8, 3, 1]
        )[0]
        client = chance.choice(self.clients)
        if what == "act":
            self.act()
        elif what == "layer" and self.layer:
            await self.from_layer()
        elif what == "hear" and client.inbox:
            text = client.inbox.pop(chance.randrange(len(client.inbox)))
            if chance.random() >= self.losing:
                self.hear(client, text)
                if chance.random() < self.losing:
                    self.hear(client, text)
        elif what == "ask" and client.page is not None:
            self.ask_next(client)
        elif what == "open":
            if client.page is None:
                await self.open(client)
            else:
                await self.connect(client)
        elif what == "beat":
            await self.hub.beat()
        elif what == "restart":
            await self.restart()
        await self.settle()

    def ask_next(self, client: Client) -> None:
        """Whatever the page's questions need next: to be asked, answered, or taken in."""
        if client.request is not None:
            if client.request.answer is None:
                self.compute(client)
            else:
                self.take(client)
        elif client.wants:
            self.ask(client)
        elif client.page is not None and not client.page.at_start and self.chance.random() < 0.4:
            self.ask(client, "older")

    async def from_layer(self) -> None:
        told = self.layer.pop(self.chance.randrange(min(4, len(self.layer))))
        if self.chance.random() < self.losing:
            return
        self.hub.hear(told)
        if self.chance.random() < self.losing:
            await self.settle()
            self.hub.hear(told)

    async def restart(self) -> None:
        old = self.hub
        self.hub = self._new_hub()
        await self.retire(old)
        for client in self.clients:
            client.socket = None
            if client.page is not None:
                await self.connect(client)

    async def retire(self, hub: Hub) -> None:
        for socket in list(hub.sockets):
            hub.leave(socket)
        for task in list(hub._tasks):
            task.cancel()
        await asyncio.gather(*hub._tasks, return_exceptions=True)

    async def heal(self) -> None:
        """The network is well again, one beat comes, and every page drains."""
        self.losing = 0
        await self.hub.beat()
        await self.settle()
        while self.layer:
            await self.from_layer()
        await self.settle()
        for _ in range(200):
            busy = False
            for client in self.clients:
                while client.inbox:
                    self.hear(client, client.inbox.pop(0))
                if client.page is not None and (client.wants or client.request is not None):
                    busy = True
                    self.ask_next(client)
            await self.settle()
            if not busy and not any(client.inbox for client in self.clients):
                return
        raise AssertionError("the pages never come to rest")

    def compare(self) -> None:
        """Every page of a member shows what the database has, and holds its version; the others show nothing."""
        room = Room.objects.get(pk=self.room.pk)
        current = self.members()
        for client in self.clients:
            if client.page is None:
                continue
            assert client.person.pk in current, f"{client.person} still looks at a room they are not in"
            assert client.page.held == room.version, (client.person, client.page.held, room.version)
            messages = Message.objects.shown().filter(room=room, seq__gte=client.page.low or 1)
            people = Member.objects.current().select_related("person__user").filter(room=room)
            fragments = [*map(message_html, messages), *map(member_html, people), title_html(room)]
            expected = {row.key: html for fragment in fragments for row, html in rows_of(fragment)}
            shown = {key: html for key, html in client.shown.items() if "data-left" not in html}
            odd = {key: (shown.get(key), expected.get(key)) for key in shown.keys() ^ expected.keys()}
            assert not odd, (client.person, client.page.low, client.page.at_start, odd)
            names = {str(p.pk): (p.version, p.display_name) for p in Person.objects.all()}
            for key, html in expected.items():
                assert drawn(shown[key], client.names) == drawn(html, names), (client.person, key)
