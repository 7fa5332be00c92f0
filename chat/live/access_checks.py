"""Rechecks permissions in the database when an event says that they may have changed."""

from collections.abc import Callable
from uuid import UUID

from chat.events.envelope import Envelope, person_topic
from chat.events.fragments import fragments
from chat.live import access, outgoing
from chat.live.connections import Connection
from chat.live.registry import ConnectionRegistry
from chat.live.subscribers import RoomSubscribers
from chat.live.tasks import Tasks


class AccessChecks:
    """``resume`` processes an envelope that waited for a check, as if it had just arrived."""

    def __init__(
        self, registry: ConnectionRegistry, tasks: Tasks, resume: Callable[[Envelope], None]
    ) -> None:
        self._registry = registry
        self._tasks = tasks
        self._resume = resume
        self._to_recheck: dict[str, RoomSubscribers] = {}

    def recheck(self, room: str, subscribers: RoomSubscribers) -> None:
        """Someone lost access to the room: nobody gets its frames until the check is done."""
        if not subscribers.checking:
            subscribers.checking, subscribers.lowest_new_epoch = True, None
            self._to_recheck[room] = subscribers
            if len(self._to_recheck) == 1:
                self._tasks.start(self._recheck_all())

    async def _recheck_all(self) -> None:
        """One check for all rooms to recheck and all their subscribers: one person may have been in hundreds of rooms."""
        rooms, self._to_recheck = self._to_recheck, {}
        asked = {room: subscribers.everybody() for room, subscribers in rooms.items()}
        pending = {room: subscribers.pending for room, subscribers in rooms.items()}
        for subscribers in rooms.values():
            subscribers.pending = []
        try:
            found = await access.ask(
                access.still_in,
                {UUID(room): {connection.person_id for connection in those} for room, those in asked.items()},
            )
        except BaseException:
            # The check failed, so pending envelopes are dropped. The next envelope or beat checks again, and
            # pages catch up. The versions seen are dropped too, so that the beat notices the lost frames.
            for room, subscribers in rooms.items():
                subscribers.pending.clear()
                self._registry.seen.pop(room, None)
                subscribers.checking, subscribers.delivered_version = False, 0
            raise
        for room, subscribers in rooms.items():
            self._rechecked(room, subscribers, asked[room], pending[room], found[UUID(room)])

    def _rechecked(
        self,
        room: str,
        subscribers: RoomSubscribers,
        asked: set[Connection],
        pending: list[Envelope],
        answer: tuple[int, set[int]],
    ) -> None:
        """Unsubscribe those who lost the room, then deliver the pending envelopes."""
        epoch, current = answer
        registry = self._registry
        for connection in asked:
            if connection.person_id not in current:
                registry.revoke(connection, room)
        # Connections added meanwhile were permitted at an epoch of their own.
        lowest = subscribers.lowest_new_epoch
        subscribers.epoch = max(subscribers.epoch, epoch if lowest is None else min(epoch, lowest))
        subscribers.checking = False
        during, subscribers.pending = subscribers.pending, []
        if any(envelope["epoch"] > epoch for envelope in pending):
            # Committed before the check, but the database has no such epoch: it is a restored backup, which
            # is the truth.
            pending = [envelope for envelope in pending if envelope["epoch"] <= epoch]
            registry.seen.pop(room, None)
            subscribers.delivered_version = 0
        registry.drop_unused(room)
        for envelope in (*pending, *during):
            self._resume(envelope)
        if subscribers.beat_pending and not subscribers.checking and room in registry.seen:
            subscribers.beat_pending = False
            for connection in list(subscribers.shown):
                connection.send(registry.beat_of(connection))

    def recheck_people(self, people: set[int], *, back: bool = False) -> None:
        self._tasks.start(self.reread(people, back=back))

    async def reread(self, people: set[int], *, back: bool = False) -> None:
        """A person's set of rooms changed: subscribe their connections to their current rooms only.

        ``back``: also if the person's version is lower than before, as after a restored backup.
        """
        versions = await access.ask(access.person_versions, people)
        found = await access.ask(access.rooms_of, people)
        for connection in [each for person in people for each in self._registry.on(person_topic(person))]:
            version, known = versions.get(connection.person_id, 0), connection.person_version
            if version == known or (version < known and not back):
                continue
            if version < known:
                fragments.clear()  # versions repeat with other content
            rooms = found.get(connection.person_id, {})
            for room in connection.rooms - rooms.keys():
                self._registry.revoke(connection, room)
            connection.person_version = version
            self._registry.subscribe(
                connection, {room: state for room, state in rooms.items() if room not in connection.rooms}
            )
            connection.send(outgoing.rooms(version))

    def recheck_sessions(self, connections: list[Connection]) -> None:
        if connections:
            self._tasks.start(self.close_revoked(connections))

    async def close_revoked(self, connections: list[Connection]) -> None:
        """Close connections whose session or account is no longer valid."""
        revoked = await access.ask(access.revoked, [connection.credentials for connection in connections])
        for connection in connections:
            if connection.credentials in revoked:
                for room in list(connection.rooms):
                    self._registry.unsubscribe(connection, room)
                connection.close(revoked[connection.credentials])
