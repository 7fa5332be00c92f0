"""The hub's own frames, as JSON; docs/delivery.md lists them. Messages arrive as rendered fragments."""

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext

from chat.errors import ChatError, Retryable, StorageFull
from chat.live.frames import Frame


def beat(room: str | None, version: int | None, person: int, rooms: Mapping[str, list[int]] | None) -> Frame:
    """The versions of the shown room and the person. ``rooms``: room -> [version, last_seq], only in the first beat."""
    message: dict[str, object] = {"type": "beat", "room": room, "version": version, "person": person}
    return Frame.of(message if rooms is None else {**message, "rooms": rooms})


def rooms(person: int) -> Frame:
    """The room list has changed: fetch it."""
    return Frame.of({"type": "rooms", "person": person})


def gone(room: str) -> Frame:
    """The person is no longer in the room."""
    return Frame.of({"type": "gone", "room": room})


def sample(number: int) -> Frame:
    """The page answers with ``seen`` and the number as soon as the next frame is on the screen."""
    return Frame.of({"type": "sample", "number": number})


def posted(message: UUID, version: int) -> Frame:
    """A post is stored. A page that does not get ``version`` soon has missed its frame."""
    return Frame.of({"type": "posted", "id": str(message), "version": version})


def refused(message: UUID, error: ChatError) -> Frame:
    """A post was not stored, for good, unless ``retry_after`` (seconds) is set."""
    text = str(error) or gettext("Not found.")
    wait = error.retry_after if isinstance(error, Retryable) else None
    return Frame.of({"type": "refused", "id": str(message), "text": text, "retry_after": wait})


def failed(message: UUID, transient: Retryable | None) -> Frame:
    """It is unknown whether a post was stored: the page sends it again, with the same id.

    ``retry_after`` (seconds) is set if a part of the system is unavailable: then the page retries until it works. If
    the storage is full, the post was surely not stored, and the person is told.
    """
    if isinstance(transient, StorageFull):
        return refused(message, transient)
    return Frame.of(
        {"type": "failed", "id": str(message), "retry_after": transient and transient.retry_after}
    )
