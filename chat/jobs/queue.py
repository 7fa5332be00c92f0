"""Jobs: what is done after the answer, by Django's tasks. What runs them, and tries again, is the project's backend."""

from functools import partial
from typing import Any

from django.db import transaction
from django.tasks import Task

from chat.monitoring.counters import counters


class GiveUp(Exception):
    """Raised by a job that would fail each time: it is not tried again. Its words name nobody."""


def enqueue[**P](task: "Task[P, Any]", *args: P.args, **kwargs: P.kwargs) -> None:
    """Have it done if the transaction that is under way is committed, and never if it is rolled back.

    With ``"OPTIONS": {"transactional": True}`` in ``TASKS`` the queue is in the same database: one commit keeps both. Any
    other backend is told right after the commit.
    """
    counters.add("jobs", "queued")
    if task.get_backend().options.get("transactional"):
        task.enqueue(*args, **kwargs)
    else:
        transaction.on_commit(partial(task.enqueue, *args, **kwargs))
