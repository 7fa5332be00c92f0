"""What a socket may say: two kinds of JSON, checked before anything is done with them."""

import json
from dataclasses import dataclass
from uuid import UUID

FRAME_LIMIT = 65_536  # characters; the longest message is 10,000, some of them escaped


@dataclass(frozen=True, slots=True)
class Read:
    """``{"type": "read", "seq": int}``: the shown room is read up to there."""

    seq: int


@dataclass(frozen=True, slots=True)
class Post:
    """``{"type": "post", "id": uuid, "body": str}``: a message for the shown room."""

    id: UUID
    body: str


def parse(text: str | None) -> Read | Post | None:
    """None for anything that is neither."""
    if text is None or len(text) > FRAME_LIMIT:
        return None
    try:
        match json.loads(text):
            case {"type": "read", "seq": int(seq)} if type(seq) is int and 0 <= seq < 2**53:
                return Read(seq)
            case {"type": "post", "id": str(key), "body": str(body)}:
                return Post(UUID(key), body)
    except (ValueError, RecursionError):
        pass
    return None
