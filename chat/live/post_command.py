"""``{"type": "post", "id": uuid, "body": str}``: a message for the shown room."""

import logging
from dataclasses import dataclass
from typing import Any, override
from uuid import UUID

from chat.actions import Posting
from chat.db.availability import transient
from chat.errors import ChatError
from chat.events.rendering import message_html
from chat.limits import limit
from chat.live import outgoing
from chat.live.commands import Client, Command, register_command
from chat.live.connections import TRY_AGAIN
from chat.live.frames import Frame
from chat.live.post_batcher import current_post_batcher
from chat.live.rate_limit import WINDOW_SECONDS
from chat.monitoring.counters import counters

MAX_IN_FLIGHT = 100  # per socket, while the database is slow

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Post:
    id: UUID
    body: str


@register_command
class PostCommand(Command[Post]):
    type = "post"

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self._in_flight = 0

    @classmethod
    @override
    def parse(cls, frame: dict[str, Any]) -> Post | None:
        match frame:
            case {"id": str(key), "body": str(body)}:
                return Post(UUID(key), body)
        return None

    @classmethod
    @override
    def limit(cls) -> int:
        """Twice what a person may post: a post above that limit gets an answer, and only a broken page keeps sending."""
        most, seconds = limit("post")
        return int(2 * max(1, most) * max(1, WINDOW_SECONDS / seconds))

    @override
    def run(self, value: Post) -> None:
        if self._in_flight >= MAX_IN_FLIGHT:
            counters.add("closed", "too many posts")
            return self.client.connection.close(TRY_AGAIN)
        self._in_flight += 1
        return self.client.start(self._post(value, UUID(self.client.connection.shows)))

    async def _post(self, post: Post, room: UUID) -> None:
        """Store the message and tell the sender the outcome. The message itself reaches them like everybody else."""
        connection = self.client.connection
        try:
            posting = Posting(connection.person, room, post.id, post.body)
            posted = await current_post_batcher().post(posting)
        except ChatError as error:
            counters.add("refused", type(error).__name__)
            connection.send(outgoing.refused(post.id, error))
        except Exception as error:
            counters.add("errors", "post")
            passes = transient(error)
            if passes is None:  # a bug; temporary failures are logged by the batcher, once per batch
                logger.exception("a message could not be stored", extra=self.client.log_context())
            connection.send(outgoing.failed(post.id, passes))
        else:
            if posted.created:
                counters.add("posts", "socket")
            else:  # it was published long ago, and the page may have missed it
                connection.send(Frame(message_html(posted.message)))
            connection.send(outgoing.posted(post.id, posted.message.version))
        finally:
            self._in_flight -= 1
