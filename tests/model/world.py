"""A room, its people, and a bad network between them: the real actions, hub, rendering and catch-up; simulated pages.

Everything that is left to chance is taken from one generator, which the state machine seeds anew for each step: the same
steps with the same seeds are the same run. Frames and layer messages are lost, late, doubled and reordered.
"""

import asyncio
import contextlib
import random
import re
from typing import Any
from uuid import UUID, uuid4

from chat import actions
from chat.errors import ChatError
from chat.live.fragments import fragments
from chat.live.hub import Hub
from chat.live.rendering import Told, member_html, message_html, tell, title_html
from chat.live.standing import Credentials
from chat.models import Ban, Member, Message, Person, Room
from tests.model.client import Client
from tests.support.screen import rows_of

LOSING = 0.15


class World:
    """``losing``: the chance that a frame or layer message is lost or doubled."""

    def __init__(self, people: list[Person], credentials: dict[int, Credentials]) -> None:
        self.chance = random.Random(0)
        self.losing = LOSING
        self.calm = False
        self.people = people
        self.credentials = credentials
        self.layer: list[Told] = []
        self.clients = [Client(self, person) for person in people]
        self.removed_at: dict[int, int] = {}
        self.ids: list[tuple[Person, UUID, str]] = []
        self.broken: list[
            str
        ] = []  # what nobody should have had: seen in tasks, where an exception would be lost
        self.room: Room
        self.hub: Hub

    def begin(self) -> None:
        """Needs the running loop, and ``told`` in place of the channel layer."""
        fragments.clear()  # the run before was rolled back, and this one has the same ids and versions again
        for person in self.people:
            person.refresh_from_db()
        self.hub = self._new_hub()
        self.room = actions.create_room(self.people[0], name=f"r{uuid4().hex}", topic="", kind="open")
        for person in self.people[1:3]:
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

    def maybe_act(self) -> None:
        if not self.calm and self.chance.random() < 0.3:
            self.act()

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
        messages = list(Message.objects.filter(room=room, deleted_at=None).order_by("seq"))
        others = list(Member.objects.current().filter(room=room).exclude(role="owner").order_by("pk"))
        what = chance.choices(
            [
                "post",
                "again",
                "edit",
                "delete",
                "join",
                "leave",
                "remove",
                "rename",
                "describe",
                "role",
                "ban",
                "lift",
            ],
            [30, 4, 16, 8, 8, 4, 5, 5, 3, 3, 3, 4],
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
        elif what == "ban" and others:
            wipe = chance.random() < 0.5
            actions.ban_member(self.people[0], room, chance.choice(others).pk, wipe=wipe)
        elif what == "lift" and (bans := list(Ban.objects.standing().filter(room=room).order_by("pk"))):
            actions.lift_ban(self.people[0], chance.choice(bans).pk)

    # What the network does

    async def from_layer(self) -> None:
        """One of the layer's oldest messages reaches the hub: once, twice, or never."""
        if not self.layer:
            return
        told = self.layer.pop(self.chance.randrange(min(4, len(self.layer))))
        if self.chance.random() < self.losing:
            return
        self.hub.hear(told)
        if self.chance.random() < self.losing:
            await self.settle()
            self.hub.hear(told)

    def to_page(self, client: Client) -> None:
        """One of the socket's messages reaches the page: once, twice, or never."""
        if not client.inbox:
            return
        text = client.inbox.pop(self.chance.randrange(len(client.inbox)))
        if self.chance.random() < self.losing:
            return
        client.hear(text)
        if self.chance.random() < self.losing:
            client.hear(text)

    async def restart(self) -> None:
        """The process ends and another begins: every socket is lost, the pages come back."""
        old = self.hub
        self.hub = self._new_hub()
        await self.retire(old)
        for client in self.clients:
            client.socket = None
            if client.page is not None and not client.asleep:
                await client.connect()

    async def retire(self, hub: Hub) -> None:
        for socket in list(hub.sockets):
            hub.leave(socket)
        for task in list(hub._tasks):
            task.cancel()
        await asyncio.gather(*hub._tasks, return_exceptions=True)
        hub._beating.cancel()  # type: ignore[union-attr]

    # How it must end

    async def heal(self) -> None:
        """The network is well again, one beat comes, and every page drains."""
        self.losing, self.calm = 0, True
        for client in self.clients:
            if client.asleep:
                await client.sleep_or_wake()
        await self.hub.beat()
        await self.settle()
        while self.layer:
            await self.from_layer()
        await self.settle()
        for _ in range(400):
            for client in self.clients:
                while client.inbox:
                    client.hear(client.inbox.pop(0))
                if client.busy:
                    client.ask_on()
            await self.settle()
            if not any(client.busy or client.inbox for client in self.clients):
                return
        raise AssertionError("the pages never come to rest")

    def compare(self) -> None:
        """Every page of a member shows what the database has, and holds its version; the others show nothing."""
        room = Room.objects.get(pk=self.room.pk)
        current = self.members()
        names = {str(p.pk): (p.version, p.display_name) for p in Person.objects.all()}
        people = Member.objects.current().select_related("person__user").filter(room=room)
        for client in self.clients:
            if client.page is None:
                continue
            assert client.person.pk in current, f"{client.person} still looks at a room they are not in"
            assert client.page.held == room.version, (client.person, client.page.held, room.version)
            messages = Message.objects.shown().filter(room=room, seq__gte=client.page.low or 1)
            if client.page.high is not None:
                messages = messages.filter(seq__lte=client.page.high)
            fragments = [*map(message_html, messages), *map(member_html, people), title_html(room)]
            expected = {row.key: html for fragment in fragments for row, html in rows_of(fragment)}
            shown = {key: html for key, html in client.shown.items() if "data-left" not in html}
            odd = {key: (shown.get(key), expected.get(key)) for key in shown.keys() ^ expected.keys()}
            assert not odd, (client.person, client.page.low, client.page.at_start, odd)
            for key, html in expected.items():
                assert drawn(shown[key], client.names) == drawn(html, names), (client.person, key)


def drawn(html: str, names: dict[str, tuple[int, str]]) -> tuple[Any, ...]:
    """What a fragment shows, the name as the page corrects it."""
    who = re.search(r'data-(?:author|person)="(\d+)"', html)
    name = names[who[1]][1] if who else ""
    rest = re.sub(r' data-(?:author|person)-version="\d+"', "", html)
    rest = re.sub(r'(class="(?:message|person)__name"[^>]*>)[^<]*', r"\1", rest)
    rest = re.sub(r'(<span class="avatar[^>]*>)[^<]*', r"\1", rest)
    return name, rest
