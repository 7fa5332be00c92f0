"""What goes over the channel layer: one envelope for each event, addressed to a topic, with its kind of delivery."""

from typing import Any, Literal, NotRequired, TypedDict

# docs/delivery.md, "Three kinds of delivery": repaired by catch-up; the newest value wins; may be lost.
type Delivery = Literal["durable", "latest", "ephemeral"]


class LastLine(TypedDict):
    """The last message of a room, as a line in the list of rooms. ``at`` is ISO 8601, UTC; ``version`` the message's."""

    version: int
    author: int
    name: str
    text: str
    at: str
    deleted: bool


class Nudge(TypedDict):
    """What the other pages of a room's people learn. ``last`` is None where the last line stays what it was.

    ``first`` is there when older messages expired: the seq of the first that is left.
    """

    type: str
    room: str
    version: int
    last_seq: int
    name: str
    kind: str
    archived: bool
    last: LastLine | None
    first: NotRequired[int]


class Envelope(TypedDict):
    """One event on the channel layer, the same for every process.

    - ``topic``: whom it concerns, as ``room_topic`` and its like make it.
    - ``room``, ``version``, ``epoch``, ``frame``, ``nudge``: of a room's topic; durable. Without a ``frame`` the pages ask.
    - ``message``: the JSON for sockets, of what is latest or ephemeral. To a person's topic with a ``room`` it reaches
      those of their sockets that may hear of that room; to a room's topic it needs the room's ``epoch``.
    - ``kind``: the event's name; processes of the release before know it by that alone (compatibility.py).
    - ``published``: only where it was published: when, on that process' monotonic clock.
    """

    kind: str
    topic: str
    delivery: Delivery
    room: NotRequired[str]
    version: NotRequired[int]
    epoch: NotRequired[int]
    frame: NotRequired[str]
    nudge: NotRequired[Nudge]
    message: NotRequired[dict[str, Any]]
    published: NotRequired[float]


def room_topic(room_id: object) -> str:
    return f"room:{room_id}"


def person_topic(person_id: int) -> str:
    return f"person:{person_id}"


def account_topic(user_id: str) -> str:
    return f"account:{user_id}"


def session_topic(digest: str) -> str:
    """``digest`` is ``rendering.session_digest`` of the key, which never leaves the database."""
    return f"session:{digest}"


def to_layer_message(envelopes: list[Envelope]) -> dict[str, Any]:
    """Channels wants a ``type``; the hub reads the rest. ``Any``, since the layer takes any mapping."""
    return {"type": "chat.told", "told": envelopes}
