"""The heartbeat: every fifteen seconds the hub reads the current state, sends it, and repairs what was lost."""

import asyncio
import logging

from chat.events.fragments import fragments
from chat.live import access, outgoing
from chat.live.access import RoomState
from chat.live.access_checks import AccessChecks
from chat.live.gaps import Gaps
from chat.live.registry import ConnectionRegistry
from chat.monitoring.counters import counters

BEAT_SECONDS = 15.0

logger = logging.getLogger(__name__)


class Heartbeat:
    def __init__(self, registry: ConnectionRegistry, checks: AccessChecks, gaps: Gaps) -> None:
        self._registry = registry
        self._checks = checks
        self._gaps = gaps

    async def run(self) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            try:
                await self.beat()
            except Exception:  # a failed beat (database unavailable) must not end the later ones
                counters.add("errors", "hub")
                logger.warning("a heartbeat query failed; the next one retries", exc_info=True)

    async def beat(self) -> None:
        """Read the state of rooms, people and sessions, send each connection its beat, and repair what was lost.

        Four queries, six if somebody's rooms changed.
        """
        registry = self._registry
        if not registry.handshakes:
            registry.seen = {room: seen for room, seen in registry.seen.items() if room in registry.rooms}
        self._gaps.keep(registry.rooms)
        before = dict(registry.seen)
        connections = list(registry.connections)
        states = await access.ask(access.room_states, list(registry.rooms))
        versions = await access.ask(access.person_versions, list(registry.people))
        await self._checks.close_revoked(connections)
        for room, state in states.items():
            self._compare(room, state, before.get(room, 0))
        changed = {
            connection.person_id
            for connection in connections
            if versions.get(connection.person_id, 0) != connection.person_version
        }
        if changed:
            await self._checks.reread(changed, back=True)
        for connection in registry.connections:
            registry.send_beat(connection)

    def _compare(self, room: str, state: RoomState, before: int) -> None:
        registry = self._registry
        subscribers = registry.rooms.get(room)
        if subscribers is None:
            return
        if state.version < before:
            # A restored backup: the database is the truth.
            registry.seen[room] = subscribers.delivered_version = state.version
            fragments.clear()  # versions repeat with other content
        elif state.version > subscribers.delivered_version or self._gaps.misses(room, state.version):
            if state.version > subscribers.delivered_version:
                self._gaps.lost()
            registry.saw(room, state.version)
            subscribers.delivered_version = max(subscribers.delivered_version, state.version)
            # A frame was lost. Pages that show the room see it from their beat; the others reload their room
            # list.
            for connection in subscribers.others:
                connection.send(outgoing.rooms(connection.person_version))
        self._gaps.announced(room, state.version)
        if state.epoch > subscribers.epoch:
            self._checks.recheck(room, subscribers)
