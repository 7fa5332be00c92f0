"""The hub: one per process, with a single subscription to the channel layer, however many sockets.

It forwards what was rendered elsewhere, decides only who may hear it, and notices what was lost. The rules are those of
docs/delivery.md.
"""

import asyncio
from collections.abc import Collection
from contextvars import Context
from typing import TYPE_CHECKING

from chat.events.envelope import Envelope, person_topic
from chat.live import access
from chat.live.access import SIGNED_OUT
from chat.live.access_checks import AccessChecks
from chat.live.connections import PRIVATE, TRY_AGAIN, Connection
from chat.live.frames import Frame, Wire
from chat.live.gaps import Gaps
from chat.live.heartbeat import Heartbeat
from chat.live.registry import ConnectionRegistry, Handshake
from chat.live.subscribers import RoomSubscribers
from chat.live.subscription import LayerSubscription
from chat.live.tasks import Tasks
from chat.runtime.per_loop import PerLoop

if TYPE_CHECKING:
    from asgiref.typing import ASGISendCallable

APART, ALL_WITHIN = 0.01, 10.0  # seconds, at most: between pages that are told to ask; for all of a room
NO_SUCH_ROOM = 4404
MAX_CONNECTIONS = 50  # per person and process


class Hub:
    """One per event loop."""

    def __init__(self) -> None:
        self.registry = ConnectionRegistry(self._to_room, self._to_person, self._to_session)
        self.tasks = Tasks()
        self._gaps = Gaps()
        self._checks = AccessChecks(self.registry, self.tasks, self.receive)
        self._heartbeat = Heartbeat(self.registry, self._checks, self._gaps)
        self._beating: asyncio.Task[None] | None = None
        self._subscription = LayerSubscription(self.receive, self.beat)

    @property
    def layer_down(self) -> bool:
        """Whether messages of the channel layer currently do not arrive."""
        return self._subscription.layer_down

    async def enter(
        self,
        session_key: str,
        *,
        shows: str | None,
        send: "ASGISendCallable",
        wire: Wire | None = None,
        whose: int | None = None,
    ) -> Connection | int:
        """Open a connection for a session. Returns it, with the first beat queued, or a close code.

        ``whose``: the person that the page belongs to, if it says so; somebody else may have signed in since.

        If a durable event about the person arrives during the query, the query is repeated, and latest values that
        arrive are sent after those that were read: no change slips between reading and subscribing.
        """
        await self._subscription.open()
        if self._beating is None:
            # In its own context: it outlives the socket that happened to come first.
            self._beating = asyncio.create_task(self._heartbeat.run(), context=Context())
        handshake = Handshake()
        self.registry.handshakes.add(handshake)
        try:
            while True:
                handshake.begin()
                found = await access.ask(access.authenticate, session_key)
                if isinstance(found, int):
                    return found
                connection = Connection(found.person, found.credentials, shows=shows, send=send, wire=wire)
                if handshake.changed_topics.isdisjoint(connection.topics):
                    break
        finally:
            self.registry.handshakes.discard(handshake)
        if whose is not None and whose != connection.person_id:
            return SIGNED_OUT
        if shows and shows not in found.rooms:
            return NO_SUCH_ROOM
        if len(self.registry.on(person_topic(connection.person_id))) >= MAX_CONNECTIONS:
            return PRIVATE + TRY_AGAIN
        self.registry.add(connection, found.rooms)
        connection.send(self.registry.beat_of(connection, found.rooms))
        connection.send(Frame.of(found.latest))
        for envelope in handshake.latest.values():
            if envelope["topic"] in connection.topics:
                self._to_connections(envelope, [connection])
        return connection

    def show(self, connection: Connection, room: str | None) -> None:
        """The page shows another room from now on. Its beat says so; frames of the room follow."""
        self.registry.show(connection, room)
        self.registry.send_beat(connection)

    def leave(self, connection: Connection) -> None:
        """Safe to call twice."""
        self.registry.remove(connection)

    async def beat(self) -> None:
        """Read the current state, send each connection its beat, and repair what was lost."""
        await self._heartbeat.beat()

    async def stop(self) -> None:
        """Stop all tasks. A server's hub ends with its process."""
        for connection in list(self.registry.connections):
            self.leave(connection)
        if self._beating is not None:
            self._beating.cancel()
            await asyncio.gather(self._beating, return_exceptions=True)
        await self.tasks.cancel()
        await self._subscription.close()

    def receive(self, envelope: Envelope) -> None:
        """Route one event: one lookup of its topic says to whom, its delivery how."""
        self.registry.record(envelope)
        receive = self.registry.receivers.get(envelope["topic"])
        if receive is not None:
            receive(envelope)

    def _to_person(self, connections: Collection[Connection], envelope: Envelope) -> None:
        if envelope["delivery"] == "durable":
            self._checks.recheck_people({connection.person_id for connection in connections})
        else:
            self._to_connections(envelope, connections)

    def _to_session(self, connections: Collection[Connection], envelope: Envelope) -> None:
        """To the connections of a session, or of an account."""
        if envelope["delivery"] == "durable":
            self._checks.recheck_sessions(list(connections))
        else:
            self._to_connections(envelope, connections)

    def _to_connections(self, envelope: Envelope, connections: Collection[Connection]) -> None:
        """A message to a person's own pages; if it is about a room, only to those that may hear of that room."""
        frame, room = Frame.of(envelope["message"]), envelope.get("room")
        for connection in list(connections):
            if room is None or room in connection.rooms:
                connection.send(frame)

    def _to_room(self, subscribers: RoomSubscribers, envelope: Envelope) -> None:
        room, epoch = envelope["room"], envelope["epoch"]
        if envelope["delivery"] != "durable":
            # People who lost the room must not get it, and holding it back would make it stale.
            if epoch <= subscribers.epoch and not subscribers.checking:
                subscribers.pass_on(envelope)
            return
        version = envelope["version"]
        self._gaps.received(room, version, subscribers.delivered_version or None)
        subscribers.delivered_version = max(subscribers.delivered_version, version)
        if epoch > subscribers.epoch or subscribers.checking:
            subscribers.hold(envelope)
            self._checks.recheck(room, subscribers)
        elif "frame" in envelope:
            subscribers.deliver(envelope)
        else:
            self.tasks.start(self._send_beats(subscribers))
            subscribers.nudge(envelope["nudge"])

    async def _send_beats(self, subscribers: RoomSubscribers) -> None:
        """The room changed without a frame: send its pages a beat, so that they ask; not all of them at once."""
        shown = list(subscribers.shown)
        for connection in shown:
            if subscribers.checking:
                subscribers.beat_pending = True  # as in ``Heartbeat.beat``
                return
            if connection in subscribers.shown:
                connection.send(self.registry.beat_of(connection))
                await _pause(min(APART, ALL_WITHIN / len(shown)))


_pause = asyncio.sleep
current_hub = PerLoop(Hub)
