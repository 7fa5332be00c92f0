"""The release before this one, whose processes run beside ours while a deployment is renewed. It knows no topics.

Ours send what it reads (``older`` adds that to an envelope), and take what it sends (``from_older``). The release after this
one needs neither.
"""

from typing import Any, cast

from chat.events.envelope import Envelope, account_topic, person_topic, room_topic, session_topic

_FIELDS = ("person", "seq", "state", "user", "session")


def older(envelope: Envelope, **fields: int | str) -> Envelope:
    """With the fields that the release before reads, by the names it has for them."""
    assert fields.keys() <= set(_FIELDS)  # noqa: S101 - a slip of ours, which every test would meet
    return cast("Envelope", {**envelope, **fields})


def from_older(told: dict[str, Any]) -> Envelope | None:
    """An envelope of ours out of one that has no topic; None for a kind that nobody knows."""
    match told["kind"]:
        case "room" | "forgotten":
            return cast("Envelope", {**told, "topic": room_topic(told["room"]), "delivery": "durable"})
        case "person":
            return cast("Envelope", {**told, "topic": person_topic(told["person"]), "delivery": "durable"})
        case "account":
            return cast("Envelope", {**told, "topic": account_topic(told["user"]), "delivery": "durable"})
        case "session":
            return cast("Envelope", {**told, "topic": session_topic(told["session"]), "delivery": "durable"})
        case "read" | "draft" as kind:
            value = "seq" if kind == "read" else "state"
            return {
                "kind": kind,
                "topic": person_topic(told["person"]),
                "delivery": "latest",
                "room": told["room"],
                "message": {"type": kind, "room": told["room"], value: told[value]},
            }
    return None
