"""Envelopes: what the channel layer carries, one per event, with a topic and a kind of delivery."""

from typing import Any, Literal, NotRequired, TypedDict

# docs/delivery.md, "Three kinds of delivery": repaired by catch-up; the newest value wins; may be lost.
type Delivery = Literal["durable", "latest", "ephemeral"]


class LastLine(TypedDict):
    """The last message of a room, for the room list. ``at`` is ISO 8601, UTC; ``version`` is the message's."""

    version: int
    author: int
    name: str
    text: str
    at: str
    deleted: bool


class Nudge(TypedDict):
    """A notice for pages that show other rooms. ``last`` is None if the last message did not change.

    ``first`` is set if older messages expired: the seq of the first one left.
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

    - ``topic``: whom it concerns, made by ``room_topic`` and the like.
    - ``room``, ``version``, ``epoch``, ``frame``, ``nudge``: for a room's topic; durable. Without ``frame`` pages catch up.
    - ``message``: the JSON for sockets, if the delivery is latest or ephemeral. For a person's topic with a ``room``, only
      connections that may hear of that room get it; for a room's topic it needs the room's ``epoch``.
    - ``kind``: the event's name; the previous release knows events only by it (compatibility.py).
    - ``published``: only in the publishing process: the time on its monotonic clock.
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


def checked(envelope: Envelope) -> Envelope:
    """The envelope. Raises ValueError for one that would be lost, and nobody would notice.

    The hub sends latest values again after a first beat, and only the person's own: one of a room would be lost with the
    first outage. An ephemeral one of a room is dropped without the epoch.
    """
    kind, topic, delivery = envelope["kind"], envelope["topic"], envelope["delivery"]
    if delivery == "latest" and not topic.startswith("person:"):
        raise ValueError(f"{kind}: a latest value needs a person's topic, not {topic}")
    if delivery == "ephemeral" and topic.startswith("room:") and "epoch" not in envelope:
        raise ValueError(f"{kind}: an ephemeral message of a room needs the room's epoch")
    return envelope


def to_layer_message(envelopes: list[Envelope]) -> dict[str, Any]:
    """Channels requires ``type``; the hub reads the rest. ``Any``, since the layer takes any mapping.

    Hubs of the previous release read these names, so they stay.
    """
    return {"type": "chat.told", "told": envelopes}
