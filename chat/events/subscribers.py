"""Subscribers: what happens after a commit besides publishing, such as mail or push. A subscriber only enqueues a job.

Subscribers run once per commit, on the thread that committed, and the next work waits for them. If one fails because
the process ends or the database is unavailable, it is not retried; where that matters, a job looks for what was missed.
"""

import logging
from collections.abc import Callable, Sequence

from chat.events.types import Event

type Subscriber[E: Event] = Callable[[Sequence[E]], None]

logger = logging.getLogger(__name__)

_subscribers: list[tuple[type[Event], Subscriber[Event]]] = []


def subscribe[E: Event](event_type: type[E]) -> Callable[[Subscriber[E]], Subscriber[E]]:
    """Call the function with the events of this type and its subclasses, for each commit that has any."""

    def add(subscriber: Subscriber[E]) -> Subscriber[E]:
        _subscribers.append((event_type, subscriber))  # type: ignore[arg-type]  # it only gets events of its type
        return subscriber

    return add


def notify(events: Sequence[Event]) -> None:
    """Never raises: what is committed has succeeded."""
    for event_type, subscriber in _subscribers:
        concerned = [event for event in events if isinstance(event, event_type)]
        if not concerned:
            continue
        try:
            subscriber(concerned)
        except Exception:  # whatever the error, the message is stored and published
            logger.exception("a subscriber failed after a commit")
