"""Jobs: work after the response, by ``django.tasks``. The project's backend runs and retries them."""

from functools import partial
from typing import Any

from django.db import transaction
from django.tasks import Task

from chat.monitoring.counters import counters


class GiveUp(Exception):
    """Raised by a job that would always fail, so that it is not retried. Its message must name nobody."""


def enqueue[**P](task: "Task[P, Any]", *args: P.args, **kwargs: P.kwargs) -> None:
    """Enqueue a job when the current transaction commits, never if it is rolled back.

    With ``"OPTIONS": {"transactional": True}`` in ``TASKS`` the queue is in the same database, and one commit stores
    both. Any other backend gets the job right after the commit.
    """
    counters.add("jobs", "queued")
    if task.get_backend().options.get("transactional"):
        task.enqueue(*args, **kwargs)
    else:
        transaction.on_commit(partial(task.enqueue, *args, **kwargs))
