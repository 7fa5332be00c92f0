"""What the hub itself says to a socket, as JSON; docs/delivery.md lists it. Messages come ready, as fragments."""

import json
from collections.abc import Mapping

from chat.live.frames import Frame


def beat(room: str | None, version: int | None, person: int, rooms: Mapping[str, list[int]] | None) -> Frame:
    """Where the shown room and the person stand. ``rooms``, room -> [version, last_seq], in the first beat only."""
    said: dict[str, object] = {"type": "beat", "room": room, "version": version, "person": person}
    return _frame(said if rooms is None else {**said, "rooms": rooms})


def rooms(person: int) -> Frame:
    """The list of rooms is another: fetch it."""
    return _frame({"type": "rooms", "person": person})


def read(room: str, seq: int) -> Frame:
    """The person has read a room up to ``seq``, in some tab."""
    return _frame({"type": "read", "room": room, "seq": seq})


def gone(room: str) -> Frame:
    """The room is theirs no more."""
    return _frame({"type": "gone", "room": room})


def _frame(said: Mapping[str, object]) -> Frame:
    return Frame(json.dumps(said, ensure_ascii=False))
