"""The open connections of a process and their subscriptions. Only bookkeeping; it decides nothing."""

from collections import defaultdict
from collections.abc import Callable, Collection
from functools import partial

from chat.events.envelope import Envelope, room_topic
from chat.live import outgoing
from chat.live.access import RoomState
from chat.live.connections import Connection
from chat.live.frames import Frame
from chat.live.subscribers import RoomSubscribers
from chat.monitoring.counters import counters


class Handshake:
    """What arrived since the database was queried: ``changed_topics`` are those of durable events, ``latest`` the
    newest value of each kind and room.
    """

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """The database is about to be queried, again or for the first time."""
        self.changed_topics: set[str] = set()
        self.latest: dict[tuple[str, str, str], Envelope] = {}

    def record(self, envelope: Envelope) -> None:
        topic = envelope["topic"]
        if envelope["delivery"] == "durable":
            self.changed_topics.add(topic)
        elif envelope["delivery"] == "latest":
            self.latest[topic, envelope["kind"], envelope.get("room", "")] = envelope


type ToRoom = Callable[[RoomSubscribers, Envelope], None]
type ToConnections = Callable[[Collection[Connection], Envelope], None]


class ConnectionRegistry:
    """``topics``: of people, accounts and sessions. ``rooms``, by id, are topics with a permission that can be lost.

    ``receivers``: for each topic with subscribers, of either sort, what takes its envelopes. ``seen`` is the highest
    version received or read of each room. ``handshakes`` are those in progress.
    """

    def __init__(self, to_room: ToRoom, to_person: ToConnections, to_session: ToConnections) -> None:
        self._to_room = to_room
        self._to_topics = (to_person, to_session, to_session)  # in the order of ``Connection.topics``
        self.receivers: dict[str, Callable[[Envelope], None]] = {}
        self.rooms: dict[str, RoomSubscribers] = {}
        self.connections: set[Connection] = set()
        self.topics: dict[str, set[Connection]] = defaultdict(set)
        self.seen: dict[str, int] = {}
        self.handshakes: set[Handshake] = set()

    @property
    def people(self) -> set[int]:
        return {connection.person_id for connection in self.connections}

    def on(self, topic: str) -> list[Connection]:
        """Connections subscribed to a topic of a person, an account or a session."""
        return list(self.topics.get(topic, ()))

    def add(self, connection: Connection, rooms: dict[str, RoomState]) -> None:
        """Add a connection that may hear of these rooms, in the state they were read."""
        self.connections.add(connection)
        for topic, receive in zip(connection.topics, self._to_topics, strict=True):
            if topic not in self.receivers:
                self.receivers[topic] = partial(receive, self.topics[topic])
            self.topics[topic].add(connection)
        counters.level("sockets", len(self.connections))
        self.subscribe(connection, rooms)

    def remove(self, connection: Connection) -> None:
        """Safe to call twice."""
        connection.stop()
        self.connections.discard(connection)
        counters.level("sockets", len(self.connections))
        for topic in connection.topics:
            self.topics[topic].discard(connection)
            if not self.topics[topic]:
                del self.topics[topic]
                self.receivers.pop(topic, None)
        for room in list(connection.rooms):
            self.unsubscribe(connection, room)

    def subscribe(self, connection: Connection, rooms: dict[str, RoomState]) -> None:
        for room, state in rooms.items():
            if room not in self.rooms:
                self.rooms[room] = RoomSubscribers(state.epoch, state.version)
                self.receivers[room_topic(room)] = partial(self._to_room, self.rooms[room])
            subscribers = self.rooms[room]
            subscribers.add(connection, room)
            connection.rooms.add(room)
            subscribers.epoch = min(subscribers.epoch, state.epoch)
            lowest = subscribers.lowest_new_epoch
            subscribers.lowest_new_epoch = state.epoch if lowest is None else min(lowest, state.epoch)
            self.saw(room, state.version)

    def unsubscribe(self, connection: Connection, room: str) -> None:
        connection.rooms.discard(room)
        subscribers = self.rooms.get(room)
        if subscribers is not None:
            subscribers.discard(connection)
            if not subscribers.checking:
                self.drop_unused(room)

    def show(self, connection: Connection, room: str | None) -> None:
        """Give the connection the frames of this room, and nudges about the one that it showed."""
        for changed in connection.rooms & {connection.shows, room}:
            self.rooms[changed].discard(connection)
        before, connection.shows = connection.shows, room
        for changed in connection.rooms & {before, room}:
            self.rooms[changed].add(connection, changed)

    def drop_unused(self, room: str) -> None:
        """Drop the room if it has no subscribers left."""
        subscribers = self.rooms.get(room)
        if subscribers is not None and not (subscribers.shown or subscribers.others):
            del self.rooms[room], self.receivers[room_topic(room)]

    def record(self, envelope: Envelope) -> None:
        """Keep what the database may not have said yet to handshakes in progress."""
        if "epoch" not in envelope:
            for handshake in self.handshakes:
                handshake.record(envelope)
        elif envelope["delivery"] == "durable":
            self.saw(envelope["room"], envelope["version"])

    def revoke(self, connection: Connection, room: str) -> None:
        """The person lost the room; tell the page."""
        self.unsubscribe(connection, room)
        connection.send(outgoing.gone(room))

    def saw(self, room: str, version: int) -> None:
        self.seen[room] = max(self.seen.get(room, 0), version)

    def send_beat(self, connection: Connection) -> None:
        """Later, while the access to its room is being checked: a beat tells the room's version."""
        subscribers = self.rooms.get(connection.shows or "")
        if subscribers is not None and subscribers.checking and connection in subscribers.shown:
            subscribers.beat_pending = True
        else:
            connection.send(self.beat_of(connection))

    def beat_of(self, connection: Connection, rooms: dict[str, RoomState] | None = None) -> Frame:
        shown = connection.shows if connection.shows in connection.rooms else None
        version = self.seen.get(shown, 0) if shown else None
        states = None
        if rooms is not None:
            states = {room: [self.seen[room], state.last_seq] for room, state in rooms.items()}
        return outgoing.beat(shown, version, connection.person_version, states)
