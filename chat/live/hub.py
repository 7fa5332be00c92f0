"""One per process: a single layer subscription, however many sockets.

The hub forwards what was rendered elsewhere. It decides only who may hear it, and notices what was lost.
The rules are those of docs/delivery.md.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import TYPE_CHECKING
from uuid import UUID

from chat.events.fragments import fragments
from chat.events.rendering import Envelope
from chat.live import access, outgoing
from chat.live.access import SIGNED_OUT, RoomState
from chat.live.connections import PRIVATE, TRY_AGAIN, Concern, Socket
from chat.live.frames import Frame, Wire
from chat.live.gaps import Gaps
from chat.live.registry import ConnectionRegistry
from chat.live.subscribers import RoomSubscribers
from chat.live.subscription import LayerSubscription
from chat.monitoring.counters import counters
from chat.runtime.executors import READS
from chat.runtime.per_loop import PerLoop

if TYPE_CHECKING:
    from asgiref.typing import ASGISendCallable

BEAT_SECONDS = 15.0
APART, ALL_WITHIN = 0.01, 10.0  # seconds between pages that start over, at most; for all of a room
NOT_YOURS = 4404
SOCKETS_MOST = 50  # of one person in one process

logger = logging.getLogger(__name__)


class Handshake:
    """A handshake under way, and what was heard meanwhile: (kind, whom it is about)."""

    def __init__(self) -> None:
        self.heard: set[Concern] = set()

    def hear(self, envelope: Envelope) -> None:
        match envelope["kind"]:
            case "person":
                self.heard.add(("person", envelope["person"]))
            case "account":
                self.heard.add(("account", envelope["user"]))
            case "session":
                self.heard.add(("session", envelope["session"]))


class Hub(ConnectionRegistry):
    """An audience that is told what happens, and asked about again; all of one event loop."""

    def __init__(self) -> None:
        super().__init__()
        self._arrivals: set[Handshake] = set()
        self._to_recheck: dict[str, RoomSubscribers] = {}  # rooms about whose listeners will be asked
        self._gaps = Gaps()
        self._tasks: set[asyncio.Task[None]] = set()
        self._beating: asyncio.Task[None] | None = None
        self._ear = LayerSubscription(self.hear, self.beat)

    @property
    def layer_down(self) -> bool:
        """Whether the channel layer's frames currently do not arrive."""
        return self._ear.layer_down

    # Coming and going

    async def enter(
        self,
        session_key: str,
        *,
        shows: str | None,
        send: "ASGISendCallable",
        wire: Wire | None = None,
        whose: int | None = None,
    ) -> Socket | int:
        """Let in whom a session is of. Returns their socket, with the first beat queued, or a close code.

        ``whose``: the person who must be it, if the page says so; somebody else may have signed in since.

        What is heard about them while the database is asked makes the answer old, and it is asked again: no change
        slips between reading and listening.
        """
        await self._ear.open()
        if self._beating is None:
            # In a context of its own: it outlives the socket that happened to come first.
            self._beating = asyncio.create_task(self._beat_for_ever(), context=Context())
        handshake = Handshake()
        self._arrivals.add(handshake)
        try:
            while True:
                handshake.heard.clear()
                authenticated = await _ask(access.authenticate, session_key)
                if isinstance(authenticated, int):
                    return authenticated
                socket = Socket(
                    authenticated.person, authenticated.credentials, shows=shows, send=send, wire=wire
                )
                if handshake.heard.isdisjoint(socket.concerns):
                    break
        finally:
            self._arrivals.discard(handshake)
        if whose is not None and whose != socket.person_id:
            return SIGNED_OUT
        if shows and shows not in authenticated.rooms:
            return NOT_YOURS
        if len(self.people.get(socket.person_id, ())) >= SOCKETS_MOST:
            return PRIVATE + TRY_AGAIN
        self.take_in(socket, authenticated.rooms)
        socket.send(self.beat_of(socket, authenticated.rooms))
        return socket

    # What arrives from the channel layer

    def hear(self, envelope: Envelope) -> None:
        """One event. Unknown kinds are of a newer release, and left alone."""
        for handshake in self._arrivals:
            handshake.hear(envelope)
        match envelope["kind"]:
            case "room" | "forgotten":
                self._hear_room(envelope)
            case "person":
                # Who is just arriving is asked about again by ``enter``.
                if envelope["person"] in self.people:
                    self._start(self._reread({envelope["person"]}))
            case "read":
                self._tell(envelope, outgoing.read(envelope["room"], envelope["seq"]))
            case "draft":
                self._tell(envelope, outgoing.draft(envelope["room"], envelope["state"]))
            case "account":
                self._check([s for s in self.sockets if s.credentials.user_id == envelope["user"]])
            case "session":
                self._check([s for s in self.sockets if s.session == envelope["session"]])

    def _tell(self, envelope: Envelope, text: Frame) -> None:
        """What concerns one person's room alone, to their own pages."""
        for socket in self.people.get(envelope["person"], ()):
            if envelope["room"] in socket.rooms:
                socket.send(text)

    def _hear_room(self, envelope: Envelope) -> None:
        room, epoch, version = envelope["room"], envelope["epoch"], envelope["version"]
        self.saw(room, version)
        subscribers = self.rooms.get(room)
        if subscribers is None:
            return
        self._gaps.heard(room, version, subscribers.heard or None)
        subscribers.heard = max(subscribers.heard, version)
        if epoch > subscribers.epoch or subscribers.checking:
            subscribers.hold(envelope)
            self._recheck(room, subscribers)
        elif envelope["kind"] == "forgotten":
            self._start(self._ask_anew(subscribers))
            subscribers.nudge(envelope["nudge"])
        else:
            subscribers.deliver(envelope)

    async def _ask_anew(self, subscribers: RoomSubscribers) -> None:
        """The room stands elsewhere, and no frame says why: pages that show it ask, and not all of them at once."""
        shown = list(subscribers.shown)
        for socket in shown:
            if subscribers.checking:
                subscribers.beat_pending = True  # as in ``beat``
                return
            if socket in subscribers.shown:
                socket.send(self.beat_of(socket))
                await _pause(min(APART, ALL_WITHIN / len(shown)))

    # Permission

    def _recheck(self, room: str, subscribers: RoomSubscribers) -> None:
        if not subscribers.checking:
            subscribers.checking, subscribers.lowest_new_epoch = True, None
            self._to_recheck[room] = subscribers
            if len(self._to_recheck) == 1:
                self._start(self._ask_again())

    async def _ask_again(self) -> None:
        """Ask once about everybody who listens to the rooms in doubt, however many: somebody may have been in hundreds."""
        doubted, self._to_recheck = self._to_recheck, {}
        asked = {room: subscribers.everybody() for room, subscribers in doubted.items()}
        pending = {room: subscribers.pending for room, subscribers in doubted.items()}
        for subscribers in doubted.values():
            subscribers.pending = []
        try:
            found = await _ask(
                access.still_in,
                {UUID(room): {socket.person_id for socket in sockets} for room, sockets in asked.items()},
            )
        except BaseException:
            # Without an answer nobody hears the held frames. The next frame or beat asks again, and pages catch up;
            # what was seen is forgotten, so that the beat notices that frames were lost.
            for room, subscribers in doubted.items():
                subscribers.pending.clear()
                self.seen.pop(room, None)
                subscribers.checking, subscribers.heard = False, 0
            raise
        for room, subscribers in doubted.items():
            self._checked(room, subscribers, asked[room], pending[room], found[UUID(room)])

    def _checked(
        self,
        room: str,
        subscribers: RoomSubscribers,
        asked: set[Socket],
        pending: list[Envelope],
        answer: tuple[int, set[int]],
    ) -> None:
        """Drop who lost the room, then let the held frames go."""
        epoch, current = answer
        for socket in asked:
            if socket.person_id not in current:
                self.lose(socket, room)
        # Whoever came meanwhile was let in as of an epoch of their own.
        subscribers.epoch = max(
            subscribers.epoch,
            epoch if subscribers.lowest_new_epoch is None else min(epoch, subscribers.lowest_new_epoch),
        )
        subscribers.checking = False
        during, subscribers.pending = subscribers.pending, []
        if any(envelope["epoch"] > epoch for envelope in pending):
            # Committed before we asked, and yet the database has no such epoch: a restored backup, where it is the truth.
            pending = [envelope for envelope in pending if envelope["epoch"] <= epoch]
            self.seen.pop(room, None)
            subscribers.heard = 0
        if not (subscribers.shown or subscribers.others):
            self.rooms.pop(room, None)
        for envelope in (*pending, *during):
            self._hear_room(envelope)
        if subscribers.beat_pending and not subscribers.checking and room in self.seen:
            subscribers.beat_pending = False
            for socket in list(subscribers.shown):
                socket.send(self.beat_of(socket))

    async def _reread(self, people: set[int], *, back: bool = False) -> None:
        """Someone's set of rooms is another: listen to what they are in now, and to nothing else.

        ``back``: also when the person's version is lower than what was known, as after a restored backup.
        """
        versions = await _ask(access.person_versions, people)
        found = await _ask(access.rooms_of, people)
        for person in people:
            rooms = found.get(person, {})
            version = versions.get(person, 0)
            for socket in list(self.people.get(person, ())):
                known = socket.person_version
                if version == known or (version < known and not back):
                    continue
                if version < known:
                    fragments.clear()  # as in _compare
                for room in socket.rooms - rooms.keys():
                    self.lose(socket, room)
                socket.person_version = version
                self.listen(
                    socket, {room: state for room, state in rooms.items() if room not in socket.rooms}
                )
                socket.send(outgoing.rooms(version))

    def _check(self, sockets: list[Socket]) -> None:
        if sockets:
            self._start(self._dismiss(sockets))

    async def _dismiss(self, sockets: list[Socket]) -> None:
        refused = await _ask(access.revoked, [socket.credentials for socket in sockets])
        for socket in sockets:
            if socket.credentials in refused:
                for room in list(socket.rooms):
                    self.stop_hearing(socket, room)
                socket.close(refused[socket.credentials])

    # Beats

    async def _beat_for_ever(self) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            try:
                await self.beat()
            except Exception:  # a beat that fails (no database for a moment) must not end all the later ones
                counters.add("errors", "hub")
                logger.warning("a beat failed; the next one asks again", exc_info=True)

    async def beat(self) -> None:
        """Read where rooms, people and sessions stand, tell each socket, and repair what was lost. Four queries,
        six if somebody's rooms changed.
        """
        if not self._arrivals:
            self.seen = {room: seen for room, seen in self.seen.items() if room in self.rooms}
        self._gaps.keep(self.rooms)
        before = dict(self.seen)
        sockets = list(self.sockets)
        states = await _ask(access.room_states, list(self.rooms))
        versions = await _ask(access.person_versions, list(self.people))
        await self._dismiss(sockets)
        for room, state in states.items():
            self._compare(room, state, before.get(room, 0))
        changed = {
            socket.person_id
            for socket in sockets
            if versions.get(socket.person_id, 0) != socket.person_version
        }
        if changed:
            await self._reread(changed, back=True)
        for socket in self.sockets:
            subscribers = self.rooms.get(socket.shows or "")
            if subscribers is not None and subscribers.checking:
                subscribers.beat_pending = (
                    True  # it would say how the room stands, to somebody who may be out of it
                )
            else:
                socket.send(self.beat_of(socket))

    def _compare(self, room: str, state: RoomState, before: int) -> None:
        subscribers = self.rooms.get(room)
        if subscribers is None:
            return
        if state.version < before:
            self.seen[room] = subscribers.heard = (
                state.version
            )  # a restored backup: the database is the truth
            fragments.clear()  # versions come again, and mean something else
        elif state.version > subscribers.heard or self._gaps.misses(room, state.version):
            if state.version > subscribers.heard:
                self._gaps.lost()
            self.saw(room, state.version)
            subscribers.heard = max(subscribers.heard, state.version)
            # A frame was lost. Those who show the room see it by their beat; the others fetch their list anew.
            for socket in subscribers.others:
                socket.send(outgoing.rooms(socket.person_version))
        self._gaps.envelope(room, state.version)
        if state.epoch > subscribers.epoch:
            self._recheck(room, subscribers)

    # Small parts

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            counters.add("errors", "hub")
            logger.warning(
                "the hub could not ask the database; the next beat does", exc_info=task.exception()
            )


_pause = asyncio.sleep
current_hub = PerLoop(Hub)


async def _ask[**P, T](question: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Put a question of ``standing`` to the database, off the event loop."""
    return await READS.run(question, *args, **kwargs)
