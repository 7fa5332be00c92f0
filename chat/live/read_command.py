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
        self._read_to = -1
        self._running = False

    @override
    def run(self, value: int) -> None:
        self._read_to = max(self._read_to, value)
        if not self._running:
            self._running = True
            self.client.start(self._mark_read())

    async def _mark_read(self) -> None:
        """One query at a time. Values that arrive meanwhile become one more query.

        If the database is unavailable or full, it retries while the connection is open, because the page does not
        repeat it.
        """
        connection, stored = self.client.connection, -1
        try:
            while stored < self._read_to:
                try:
                    stored = self._read_to
                    await write(mark_read, connection.person, UUID(connection.shows), stored)
                except Exception as error:
                    if self.client.ended or transient(error) is None:
                        raise
                    stored = -1
                    await self.client.until_ended(AGAIN_SECONDS)
        except ChatError:
            pass  # the person lost the room, and the hub is about to tell them
        except Exception:  # the page repeats it after each outage of its own
            logger.warning(
                "a read position could not be stored", exc_info=True, extra=self.client.log_context()
            )
        finally:
            self._read_to, self._running = -1, False


register_latest("read", Column("m.read_seq"))
