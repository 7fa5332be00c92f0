"""What the hub itself says to a socket, as JSON; docs/delivery.md lists it. Messages come ready, as fragments."""

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext

from chat.errors import ChatError, Retryable, StorageFull
from chat.live.frames import Frame


def beat(room: str | None, version: int | None, person: int, rooms: Mapping[str, list[int]] | None) -> Frame:
    """Where the shown room and the person stand. ``rooms``, room -> [version, last_seq], in the first beat only."""
    said: dict[str, object] = {"type": "beat", "room": room, "version": version, "person": person}
    return Frame.of(said if rooms is None else {**said, "rooms": rooms})


def rooms(person: int) -> Frame:
    """The list of rooms is another: fetch it."""
    return Frame.of({"type": "rooms", "person": person})


def gone(room: str) -> Frame:
    """The room is theirs no more."""
    return Frame.of({"type": "gone", "room": room})


def sample(number: int) -> Frame:
    """To be answered with ``seen`` and the number as soon as the frame that comes next is on the screen."""
    return Frame.of({"type": "sample", "number": number})


def posted(message: UUID, version: int) -> Frame:
    """A post is kept. A page that does not hold ``version`` soon has missed its frame."""
    return Frame.of({"type": "posted", "id": str(message), "version": version})


def refused(message: UUID, error: ChatError) -> Frame:
    """A post was not kept, for a reason that trying again does not change, unless ``retry_after`` (seconds) says so."""
    said = str(error) or gettext("Not found.")
    wait = error.retry_after if isinstance(error, Retryable) else None
    return Frame.of({"type": "refused", "id": str(message), "text": said, "retry_after": wait})


def failed(message: UUID, passing: Retryable | None) -> Frame:
    """Nobody knows whether a post was kept: to be sent again, under the same id.

    ``retry_after`` (seconds) where a part of the place is away: then it goes out some time, however often it is tried. Where
    that is full it surely was not kept, and people are told.
    """
    if isinstance(passing, StorageFull):
        return refused(message, passing)
    return Frame.of({"type": "failed", "id": str(message), "retry_after": passing and passing.retry_after})
