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

from chat.counts import counts
from chat.live import notices, standing
from chat.live.audience import Audience
from chat.live.ear import Ear
from chat.live.fragments import fragments
from chat.live.frames import Frame, Wire
from chat.live.gaps import Gaps
from chat.live.lanes import QUESTIONS
from chat.live.listeners import Listeners
from chat.live.loops import PerLoop
from chat.live.rendering import Told
from chat.live.sockets import PRIVATE, TRY_AGAIN, Concern, Socket
from chat.live.standing import SIGNED_OUT, RoomState

if TYPE_CHECKING:
    from asgiref.typing import ASGISendCallable

BEAT_SECONDS = 15.0
APART, ALL_WITHIN = 0.01, 10.0  # seconds between pages that start over, at most; for all of a room
NOT_YOURS = 4404
SOCKETS_MOST = 50  # of one person in one process

logger = logging.getLogger(__name__)


class Arrival:
    """A handshake under way, and what was heard meanwhile: (kind, whom it is about)."""

    def __init__(self) -> None:
        self.heard: set[Concern] = set()

    def hear(self, told: Told) -> None:
        match told["kind"]:
            case "person":
                self.heard.add(("person", told["person"]))
            case "account":
                self.heard.add(("account", told["user"]))
            case "session":
                self.heard.add(("session", told["session"]))


class Hub(Audience):
    """An audience that is told what happens, and asked about again; all of one event loop."""

    def __init__(self) -> None:
        super().__init__()
        self._arrivals: set[Arrival] = set()
        self._doubted: dict[str, Listeners] = {}  # rooms about whose listeners will be asked
        self._gaps = Gaps()
        self._tasks: set[asyncio.Task[None]] = set()
        self._beating: asyncio.Task[None] | None = None
        self._ear = Ear(self.hear, self.beat)

    @property
    def deaf(self) -> bool:
        """Whether the channel layer's frames currently do not arrive."""
        return self._ear.deaf

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
        arrival = Arrival()
        self._arrivals.add(arrival)
        try:
            while True:
                arrival.heard.clear()
                visitor = await _ask(standing.admit, session_key)
                if isinstance(visitor, int):
                    return visitor
                socket = Socket(visitor.person, visitor.credentials, shows=shows, send=send, wire=wire)
                if arrival.heard.isdisjoint(socket.concerns):
                    break
        finally:
            self._arrivals.discard(arrival)
        if whose is not None and whose != socket.person_id:
            return SIGNED_OUT
        if shows and shows not in visitor.rooms:
            return NOT_YOURS
        if len(self.people.get(socket.person_id, ())) >= SOCKETS_MOST:
            return PRIVATE + TRY_AGAIN
        self.take_in(socket, visitor.rooms)
        socket.send(self.beat_of(socket, visitor.rooms))
        return socket

    # What arrives from the channel layer

    def hear(self, told: Told) -> None:
        """One event. Unknown kinds are of a newer release, and left alone."""
        for arrival in self._arrivals:
            arrival.hear(told)
        match told["kind"]:
            case "room" | "forgotten":
                self._hear_room(told)
            case "person":
                # Who is just arriving is asked about again by ``enter``.
                if told["person"] in self.people:
                    self._start(self._reread({told["person"]}))
            case "read":
                self._tell(told, notices.read(told["room"], told["seq"]))
            case "draft":
                self._tell(told, notices.draft(told["room"], told["state"]))
            case "account":
                self._check([s for s in self.sockets if s.credentials.user_id == told["user"]])
            case "session":
                self._check([s for s in self.sockets if s.session == told["session"]])

    def _tell(self, told: Told, text: Frame) -> None:
        """What concerns one person's room alone, to their own pages."""
        for socket in self.people.get(told["person"], ()):
            if told["room"] in socket.rooms:
                socket.send(text)

    def _hear_room(self, told: Told) -> None:
        room, epoch, version = told["room"], told["epoch"], told["version"]
        self.saw(room, version)
        listeners = self.rooms.get(room)
        if listeners is None:
            return
        self._gaps.heard(room, version, listeners.heard or None)
        listeners.heard = max(listeners.heard, version)
        if epoch > listeners.epoch or listeners.checking:
            listeners.hold(told)
            self._recheck(room, listeners)
        elif told["kind"] == "forgotten":
            self._start(self._ask_anew(listeners))
            listeners.nudge(told["nudge"])
        else:
            listeners.deliver(told)

    async def _ask_anew(self, listeners: Listeners) -> None:
        """The room stands elsewhere, and no frame says why: pages that show it ask, and not all of them at once."""
        shown = list(listeners.shown)
        for socket in shown:
            if listeners.checking:
                listeners.owed = True  # as in ``beat``
                return
            if socket in listeners.shown:
                socket.send(self.beat_of(socket))
                await _pause(min(APART, ALL_WITHIN / len(shown)))

    # Permission

    def _recheck(self, room: str, listeners: Listeners) -> None:
        if not listeners.checking:
            listeners.checking, listeners.came = True, None
            self._doubted[room] = listeners
            if len(self._doubted) == 1:
                self._start(self._ask_again())

    async def _ask_again(self) -> None:
        """Ask once about everybody who listens to the rooms in doubt, however many: somebody may have been in hundreds."""
        doubted, self._doubted = self._doubted, {}
        asked = {room: listeners.everybody() for room, listeners in doubted.items()}
        held = {room: listeners.held for room, listeners in doubted.items()}
        for listeners in doubted.values():
            listeners.held = []
        try:
            found = await _ask(
                standing.still_in,
                {UUID(room): {socket.person_id for socket in sockets} for room, sockets in asked.items()},
            )
        except BaseException:
            # Without an answer nobody hears the held frames. The next frame or beat asks again, and pages catch up;
            # what was seen is forgotten, so that the beat notices that frames were lost.
            for room, listeners in doubted.items():
                listeners.held.clear()
                self.seen.pop(room, None)
                listeners.checking, listeners.heard = False, 0
            raise
        for room, listeners in doubted.items():
            self._checked(room, listeners, asked[room], held[room], found[UUID(room)])

    def _checked(
        self,
        room: str,
        listeners: Listeners,
        asked: set[Socket],
        held: list[Told],
        answer: tuple[int, set[int]],
    ) -> None:
        """Drop who lost the room, then let the held frames go."""
        epoch, current = answer
        for socket in asked:
            if socket.person_id not in current:
                self.lose(socket, room)
        # Whoever came meanwhile was let in as of an epoch of their own.
        listeners.epoch = max(
            listeners.epoch, epoch if listeners.came is None else min(epoch, listeners.came)
        )
        listeners.checking = False
        during, listeners.held = listeners.held, []
        if any(told["epoch"] > epoch for told in held):
            # Committed before we asked, and yet the database has no such epoch: a restored backup, where it is the truth.
            held = [told for told in held if told["epoch"] <= epoch]
            self.seen.pop(room, None)
            listeners.heard = 0
        if not (listeners.shown or listeners.others):
            self.rooms.pop(room, None)
        for told in (*held, *during):
            self._hear_room(told)
        if listeners.owed and not listeners.checking and room in self.seen:
            listeners.owed = False
            for socket in list(listeners.shown):
                socket.send(self.beat_of(socket))

    async def _reread(self, people: set[int], *, back: bool = False) -> None:
        """Someone's set of rooms is another: listen to what they are in now, and to nothing else.

        ``back``: also when the person's version is lower than what was known, as after a restored backup.
        """
        versions = await _ask(standing.person_versions, people)
        found = await _ask(standing.rooms_of, people)
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
                socket.send(notices.rooms(version))

    def _check(self, sockets: list[Socket]) -> None:
        if sockets:
            self._start(self._dismiss(sockets))

    async def _dismiss(self, sockets: list[Socket]) -> None:
        refused = await _ask(standing.refusals, [socket.credentials for socket in sockets])
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
                counts.add("errors", "hub")
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
        states = await _ask(standing.room_states, list(self.rooms))
        versions = await _ask(standing.person_versions, list(self.people))
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
            listeners = self.rooms.get(socket.shows or "")
            if listeners is not None and listeners.checking:
                listeners.owed = True  # it would say how the room stands, to somebody who may be out of it
            else:
                socket.send(self.beat_of(socket))

    def _compare(self, room: str, state: RoomState, before: int) -> None:
        listeners = self.rooms.get(room)
        if listeners is None:
            return
        if state.version < before:
            self.seen[room] = listeners.heard = state.version  # a restored backup: the database is the truth
            fragments.clear()  # versions come again, and mean something else
        elif state.version > listeners.heard or self._gaps.misses(room, state.version):
            if state.version > listeners.heard:
                self._gaps.lost()
            self.saw(room, state.version)
            listeners.heard = max(listeners.heard, state.version)
            # A frame was lost. Those who show the room see it by their beat; the others fetch their list anew.
            for socket in listeners.others:
                socket.send(notices.rooms(socket.person_version))
        self._gaps.told(room, state.version)
        if state.epoch > listeners.epoch:
            self._recheck(room, listeners)

    # Small parts

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            counts.add("errors", "hub")
            logger.warning(
                "the hub could not ask the database; the next beat does", exc_info=task.exception()
            )


_pause = asyncio.sleep
current_hub = PerLoop(Hub)


async def _ask[**P, T](question: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Put a question of ``standing`` to the database, off the event loop."""
    return await QUESTIONS.run(question, *args, **kwargs)
