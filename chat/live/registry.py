"""Who sits at the sockets of a process, and which rooms each of them hears. It keeps this, and asks and decides nothing."""

from collections import defaultdict

from chat.live import outgoing
from chat.live.access import RoomState
from chat.live.connections import Socket
from chat.live.frames import Frame
from chat.live.subscribers import RoomSubscribers
from chat.monitoring.counters import counters


class ConnectionRegistry:
    """Sockets by room and person. ``seen`` is the highest version heard or read of each room."""

    def __init__(self) -> None:
        self.rooms: dict[str, RoomSubscribers] = {}
        self.sockets: set[Socket] = set()
        self.people: dict[int, set[Socket]] = defaultdict(set)
        self.seen: dict[str, int] = {}

    def take_in(self, socket: Socket, rooms: dict[str, RoomState]) -> None:
        """A socket that may hear of these rooms, as they were read."""
        self.sockets.add(socket)
        self.people[socket.person_id].add(socket)
        counters.level("sockets", len(self.sockets))
        self.listen(socket, rooms)

    def leave(self, socket: Socket) -> None:
        """Forget a socket. Safe to call twice."""
        socket.stop()
        self.sockets.discard(socket)
        counters.level("sockets", len(self.sockets))
        self.people[socket.person_id].discard(socket)
        if not self.people[socket.person_id]:
            del self.people[socket.person_id]
        for room in list(socket.rooms):
            self.stop_hearing(socket, room)

    def listen(self, socket: Socket, rooms: dict[str, RoomState]) -> None:
        for room, state in rooms.items():
            subscribers = self.rooms.setdefault(room, RoomSubscribers(state.epoch, state.version))
            subscribers.add(socket, room)
            socket.rooms.add(room)
            subscribers.epoch = min(subscribers.epoch, state.epoch)
            subscribers.lowest_new_epoch = (
                state.epoch
                if subscribers.lowest_new_epoch is None
                else min(subscribers.lowest_new_epoch, state.epoch)
            )
            self.saw(room, state.version)

    def lose(self, socket: Socket, room: str) -> None:
        self.stop_hearing(socket, room)
        socket.send(outgoing.gone(room))

    def stop_hearing(self, socket: Socket, room: str) -> None:
        socket.rooms.discard(room)
        subscribers = self.rooms.get(room)
        if subscribers is not None:
            subscribers.discard(socket)
            if not (subscribers.shown or subscribers.others or subscribers.checking):
                del self.rooms[room]

    def saw(self, room: str, version: int) -> None:
        self.seen[room] = max(self.seen.get(room, 0), version)

    def beat_of(self, socket: Socket, rooms: dict[str, RoomState] | None = None) -> Frame:
        shown = socket.shows if socket.shows in socket.rooms else None
        version = self.seen.get(shown, 0) if shown else None
        states = None
        if rooms is not None:
            states = {room: [self.seen[room], state.last_seq] for room, state in rooms.items()}
        return outgoing.beat(shown, version, socket.person_version, states)
