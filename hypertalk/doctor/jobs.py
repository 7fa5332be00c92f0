"""Jobs, such as sending email: whether a process runs them, and which failed."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError
from django.tasks import task_backends
from django.utils import timezone
from django_tasks_db import DatabaseBackend

from chat.db.clock import clock
from chat.monitoring.history import current_values
from hypertalk.doctor.findings import Finding, Options, failure, ok, warning
from hypertalk.jobs.models import Job

LONG = timedelta(minutes=2)


def check(_options: Options) -> Iterator[Finding]:
    if not isinstance(task_backends["default"], DatabaseBackend):
        return
    try:
        workers = current_values(clock.now())[0]["workers"]
        waiting = Job.objects.overdue(timezone.now() - LONG).count()
        set_aside = Job.objects.failed().count()
    except DatabaseError:
        return  # reported by another check
    yield _workers(workers, waiting)
    if workers and waiting:
        yield warning(
            "jobs.waiting",
            f"Jobs that waited for more than two minutes: {waiting}.",
            "Look in the log for a job that takes long, or start another manage.py worker.",
        )
    if set_aside:
        yield warning(
            "jobs.set_aside",
            f"Jobs that failed each time and are set aside: {set_aside}.",
            "Open Jobs in the administration: see the error, then run them again or discard them.",
        )


def _workers(workers: int, waiting: int) -> Finding:
    name = "jobs.workers"
    if workers:
        return ok(name, f"Processes that run jobs: {workers}.")
    command = "manage.py worker" if settings.JOBS == "workers" else "manage.py serve"
    what, do = (
        "No process runs jobs, such as sending email.",
        f"Start {command}; it reports within ten seconds.",
    )
    if waiting:
        return failure(name, f"{what} Jobs that waited for more than two minutes: {waiting}.", do)
    return warning(name, what, do)
