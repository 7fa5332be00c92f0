"""Who sits at the sockets of a process, and which rooms each of them hears. It keeps this, and asks and decides nothing."""

from collections import defaultdict

from chat.counts import counts
from chat.live import notices
from chat.live.frames import Frame
from chat.live.listeners import Listeners
from chat.live.sockets import Socket
from chat.live.standing import RoomState


class Audience:
    """Sockets by room and person. ``seen`` is the highest version heard or read of each room."""

    def __init__(self) -> None:
        self.rooms: dict[str, Listeners] = {}
        self.sockets: set[Socket] = set()
        self.people: dict[int, set[Socket]] = defaultdict(set)
        self.seen: dict[str, int] = {}

    def take_in(self, socket: Socket, rooms: dict[str, RoomState]) -> None:
        """A socket that may hear of these rooms, as they were read."""
        self.sockets.add(socket)
        self.people[socket.person_id].add(socket)
        counts.level("sockets", len(self.sockets))
        self.listen(socket, rooms)

    def leave(self, socket: Socket) -> None:
        """Forget a socket. Safe to call twice."""
        socket.stop()
        self.sockets.discard(socket)
        counts.level("sockets", len(self.sockets))
        self.people[socket.person_id].discard(socket)
        if not self.people[socket.person_id]:
            del self.people[socket.person_id]
        for room in list(socket.rooms):
            self.stop_hearing(socket, room)

    def listen(self, socket: Socket, rooms: dict[str, RoomState]) -> None:
        for room, state in rooms.items():
            listeners = self.rooms.setdefault(room, Listeners(state.epoch, state.version))
            listeners.add(socket, room)
            socket.rooms.add(room)
            listeners.epoch = min(listeners.epoch, state.epoch)
            listeners.came = state.epoch if listeners.came is None else min(listeners.came, state.epoch)
            self.saw(room, state.version)

    def lose(self, socket: Socket, room: str) -> None:
        self.stop_hearing(socket, room)
        socket.send(notices.gone(room))

    def stop_hearing(self, socket: Socket, room: str) -> None:
        socket.rooms.discard(room)
        listeners = self.rooms.get(room)
        if listeners is not None:
            listeners.discard(socket)
            if not (listeners.shown or listeners.others or listeners.checking):
                del self.rooms[room]

    def saw(self, room: str, version: int) -> None:
        self.seen[room] = max(self.seen.get(room, 0), version)

    def beat_of(self, socket: Socket, rooms: dict[str, RoomState] | None = None) -> Frame:
        shown = socket.shows if socket.shows in socket.rooms else None
        version = self.seen.get(shown, 0) if shown else None
        places = None
        if rooms is not None:
            places = {room: [self.seen[room], state.last_seq] for room, state in rooms.items()}
        return notices.beat(shown, version, socket.person_version, places)
