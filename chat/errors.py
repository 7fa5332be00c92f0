"""Errors of actions, with a sentence for the person who acted. Views turn them into responses."""

from uuid import UUID


class ChatError(Exception):
    """Base class. ``str(error)`` is one sentence, already translated."""


class NotFound(ChatError):
    """It does not exist, or this person may not see it. The two can't be told apart from outside."""


class Refused(ChatError):
    """Understood, but not allowed or not possible. Nothing was changed."""


class Invalid(ChatError):
    """The input is not valid. Nothing was changed."""


class Conflict(ChatError):
    """The id is taken by something else. Nothing was changed."""


class Gone(ChatError):
    """It existed, and this person may know that, but it is no longer available. Nothing was changed.

    ``room``: the id of the room where it was, if it was in one of theirs.
    """

    def __init__(self, sentence: str, room: UUID | None = None) -> None:
        super().__init__(sentence)
        self.room = room


class Retryable(ChatError):
    """Not possible now. ``retry_after`` is the number of whole seconds after which a retry makes sense."""

    def __init__(self, sentence: str, retry_after: int) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class Limited(Retryable):
    """Above a rate limit. Nothing was changed."""


class StorageFull(Retryable):
    """The storage is full: nobody can write until the operator makes room. Nothing was changed."""


class Unavailable(Retryable):
    """A part of the system, such as the database, can't be reached. It is unknown whether the change was made."""
