"""What can go wrong with an act, in words for the person who tried. Views turn them into answers."""

from uuid import UUID


class ChatError(Exception):
    """Base of all; ``str(error)`` is one sentence, already translated."""


class NotFound(ChatError):
    """It does not exist, or this person may not see it: from outside the two are one."""


class Refused(ChatError):
    """Understood, and not allowed or not possible. Nothing was changed."""


class Invalid(ChatError):
    """What was given can't be used as it is. Nothing was changed."""


class Conflict(ChatError):
    """The id is taken by something else. Nothing was changed."""


class Gone(ChatError):
    """It was to be had once, and whoever asks may know so; it is not any more. Nothing was changed.

    ``room``: the id of the room where it was, if it was in one of theirs.
    """

    def __init__(self, sentence: str, room: UUID | None = None) -> None:
        super().__init__(sentence)
        self.room = room


class Retryable(ChatError):
    """Not now. ``retry_after`` says in how many whole seconds it is worth trying the same again."""

    def __init__(self, sentence: str, retry_after: int) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class Limited(Retryable):
    """Too many at once. Nothing was changed."""


class StorageFull(Retryable):
    """Nothing can be kept, by anybody, until whoever runs the place has made room. Nothing was changed."""


class Unavailable(Retryable):
    """A part of the place, the database say, can't be reached. Nobody knows whether it was done."""
