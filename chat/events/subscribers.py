"""What happens after a commit besides publishing: mail, push, previews. A subscriber enqueues a job, and no more.

It runs once for each commit, on the thread that committed: whoever comes next waits for it. What it does not get done,
because the process dies or the database is away, is not done again; where that matters, a job looks for what was missed.
"""

import logging
from collections.abc import Callable, Sequence

from chat.events.types import Event

type Subscriber[E: Event] = Callable[[Sequence[E]], None]

logger = logging.getLogger(__name__)

_subscribers: list[tuple[type[Event], Subscriber[Event]]] = []


def subscribe[E: Event](event_type: type[E]) -> Callable[[Subscriber[E]], Subscriber[E]]:
    """Call the function with the events of this type (and of types derived from it) of each commit that has any."""

    def add(subscriber: Subscriber[E]) -> Subscriber[E]:
        _subscribers.append((event_type, subscriber))  # type: ignore[arg-type]  # it gets what it asks for
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
        except Exception:  # whatever a feature does wrong, the message is kept and published
            logger.exception("a subscriber failed after a commit")
