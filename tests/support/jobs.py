"""Jobs for tests, and the queue of ``django-tasks-db`` instead of the one that runs jobs immediately."""

import threading
from typing import Any

from django.tasks import task

from chat.jobs.queue import GiveUp

DATABASE: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django_tasks_db.DatabaseBackend",
        "QUEUES": [],
        "OPTIONS": {"transactional": True, "lease": 60, "tries": 3},
    }
}

done: list[str] = []
begun, go_on = threading.Event(), threading.Event()


@task
def write_down(word: str) -> None:
    done.append(word)


@task
def stumble(word: str) -> None:
    raise ValueError(f"this repeats {word}")


@task
def give_up(word: str) -> None:
    raise GiveUp(f"this repeats {word}")


@task
def hang(word: str) -> None:
    begun.set()
    assert go_on.wait(20)
    done.append(word)
