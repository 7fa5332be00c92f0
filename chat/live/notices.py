"""What the hub itself says to a socket, as JSON; docs/delivery.md lists it. Messages come ready, as fragments."""

import json
from collections.abc import Mapping


def beat(room: str | None, version: int | None, person: int, rooms: Mapping[str, list[int]] | None) -> str:
    """Where the shown room and the person stand. ``rooms``, room -> [version, last_seq], in the first beat only."""
    said: dict[str, object] = {"type": "beat", "room": room, "version": version, "person": person}
    return json.dumps(said if rooms is None else {**said, "rooms": rooms})


def rooms(person: int) -> str:
    """The list of rooms is another: fetch it."""
    return json.dumps({"type": "rooms", "person": person})


def read(room: str, seq: int) -> str:
    """The person has read a room up to ``seq``, in some tab."""
    return json.dumps({"type": "read", "room": room, "seq": seq})


def gone(room: str) -> str:
    """The room is theirs no more."""
    return json.dumps({"type": "gone", "room": room})
