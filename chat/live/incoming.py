"""What a socket may say: three kinds of JSON, checked before anything is done with them."""

import json
import time
from dataclasses import dataclass
from uuid import UUID

from chat.limits import limit

FRAME_LIMIT = 65_536  # characters; the longest message is 10,000, some of them escaped
READS_A_WINDOW, WINDOW_SECONDS = 100, 10.0


@dataclass(frozen=True, slots=True)
class Read:
    """``{"type": "read", "seq": int}``: the shown room is read up to there."""

    seq: int


@dataclass(frozen=True, slots=True)
class Post:
    """``{"type": "post", "id": uuid, "body": str}``: a message for the shown room."""

    id: UUID
    body: str


@dataclass(frozen=True, slots=True)
class Seen:
    """``{"type": "seen", "number": int}``: the frame behind the sample of this number is on the screen."""

    number: int


def parse(text: str | None) -> Read | Post | Seen | None:
    """None for anything that is neither."""
    if text is None or len(text) > FRAME_LIMIT:
        return None
    try:
        match json.loads(text):
            case {"type": "read", "seq": int(seq)} if type(seq) is int and 0 <= seq < 2**53:
                return Read(seq)
            case {"type": "seen", "number": int(number)} if type(number) is int and 0 <= number < 2**53:
                return Seen(number)
            case {"type": "post", "id": str(key), "body": str(body)}:
                return Post(UUID(key), body)
    except (ValueError, RecursionError):
        pass
    return None


class SocketRateLimit:
    """How much one socket says, in windows of ten seconds: so many readings and answers to samples, and twice the posts that
    one may send.

    Twice, since a post too many is answered in words; only a page gone wild, or no page, goes on after that.
    """

    __slots__ = ("_began", "_posts", "_reads")

    def __init__(self) -> None:
        self._began = 0.0
        self._posts = self._reads = 0

    def allows(self, asked: Read | Post | Seen) -> bool:
        """Count it. False if it is too much."""
        now = time.monotonic()
        if now - self._began > WINDOW_SECONDS:
            self._began, self._posts, self._reads = now, 0, 0
        if not isinstance(asked, Post):
            self._reads += 1
            return self._reads <= READS_A_WINDOW
        self._posts += 1
        most, seconds = limit("post")
        return self._posts <= 2 * max(1, most) * max(1, WINDOW_SECONDS / seconds)
