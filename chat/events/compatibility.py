"""Compatibility with the previous release, whose processes run beside this one's during a deployment. It knows no
topics.

This release sends what the previous one reads (``older`` adds that to an envelope), and accepts what it sends
(``from_older``). The next release needs neither.
"""

from typing import Any, cast

from chat.events.envelope import Envelope, account_topic, person_topic, room_topic, session_topic

_LATEST = ("seq", "state")
_FIELDS = ("person", "user", "session", *_LATEST)


def older(envelope: Envelope, **fields: int | str) -> Envelope:
    """Add the fields that the previous release reads, under its names."""
    assert fields.keys() <= set(_FIELDS)  # noqa: S101 - a mistake that every test would reveal
    return cast("Envelope", {**envelope, **fields})


def from_older(data: dict[str, Any]) -> Envelope | None:
    """Convert an envelope without a topic; None for an unknown kind."""
    match data["kind"]:
        case "room" | "forgotten":
            return cast("Envelope", {**data, "topic": room_topic(data["room"]), "delivery": "durable"})
        case "person":
            return cast("Envelope", {**data, "topic": person_topic(data["person"]), "delivery": "durable"})
        case "account":
            return cast("Envelope", {**data, "topic": account_topic(data["user"]), "delivery": "durable"})
        case "session":
            return cast("Envelope", {**data, "topic": session_topic(data["session"]), "delivery": "durable"})
        case kind:
            return _latest_from_older(kind, data)


def _latest_from_older(kind: str, data: dict[str, Any]) -> Envelope | None:
    """A latest value of a person's room is recognized by the field that holds it."""
    value = next((name for name in _LATEST if name in data), None)
    if value is None:
        return None
    return {
        "kind": kind,
        "topic": person_topic(data["person"]),
        "delivery": "latest",
        "room": data["room"],
        "message": {"type": kind, "room": data["room"], value: data[value]},
    }
