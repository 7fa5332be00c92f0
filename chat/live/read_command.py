"""``{"type": "read", "seq": int}``: the shown room is read up to there."""

import logging
from typing import override
from uuid import UUID

from chat.actions import mark_read
from chat.db.availability import transient
from chat.db.columns import Column
from chat.errors import ChatError
from chat.live.commands import Client, NumberCommand, register_command
from chat.live.latest import register_latest
from chat.live.post_batcher import write

AGAIN_SECONDS = 5

logger = logging.getLogger(__name__)


@register_command
class ReadCommand(NumberCommand):
    type = "read"
    field = "seq"

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self._wanted: dict[str, int] = {}  # room -> seq, until it is stored
        self._running = False

    @override
    def run(self, value: int) -> None:
        room = self.client.connection.shows
        if room is not None and room in self.client.connection.rooms:  # what is kept has a bound
            self._wanted[room] = max(self._wanted.get(room, -1), value)
        if not self._running:
            self._running = True
            self.client.start(self._store_all())

    async def _store_all(self) -> None:
        """One query at a time. Values that arrive meanwhile become one more query."""
        try:
            while self._wanted:
                await self._store(*self._wanted.popitem())
        finally:
            self._running = False

    async def _store(self, room: str, seq: int) -> None:
        """If the database is unavailable or full, it is retried while the connection is open, because the page does not
        repeat it.
        """
        try:
            await write(mark_read, self.client.connection.person, UUID(room), seq)
        except ChatError:
            pass  # the person lost the room, and the hub is about to tell them
        except Exception as error:
            # The page repeats it after each outage of its own.
            if self.client.ended or transient(error) is None:
                logger.warning(
                    "a read position could not be stored", exc_info=True, extra=self.client.log_context()
                )
                return
            self._wanted[room] = max(self._wanted.get(room, -1), seq)
            await self.client.until_ended(AGAIN_SECONDS)


register_latest("read", Column("m.read_seq"))
