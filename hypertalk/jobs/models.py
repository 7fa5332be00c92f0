"""A job: a row of ``django-tasks-db``, and its changes of state.

``READY`` jobs wait for the first or another try; ``FAILED`` ones are set aside. The arguments are erased once a job is
done.
"""

import random
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.tasks import TaskResultStatus, task_backends
from django.tasks.base import TASK_MIN_PRIORITY
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult, DBTaskResultQuerySet, get_date_max

from chat.db.clock import clock
from chat.monitoring.counters import counters

FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=10), timedelta(hours=6)
NOTHING: dict[str, Any] = {"args": [], "kwargs": {}}

if TYPE_CHECKING:
    Row = DBTaskResult[Any, Any]
else:
    Row = DBTaskResult


def option(name: str, default: int) -> int:
    return int(task_backends["default"].options.get(name, default))


def lease() -> timedelta:
    """The time limit of a job. A job that runs longer belonged to a killed process, and is started again."""
    return timedelta(seconds=option("lease", 300))


def most_tries() -> int:
    """Eight tries take about ten hours."""
    return option("tries", 8)


def wait_after(tries: int) -> timedelta:
    """10 s, 40 s, 3 min, 11 min … ± a quarter, so that jobs that failed together are not retried together."""
    wait: timedelta = min(FIRST_WAIT * 4 ** (tries - 1), LONGEST_WAIT)
    return wait * random.uniform(0.75, 1.25)  # noqa: S311 - keeps no secret


class JobQuerySet(DBTaskResultQuerySet):
    """By the database's clock, as the package's own are by the process's."""

    def ready(self) -> "JobQuerySet":
        due = Q(run_after=get_date_max()) | Q(run_after__lte=clock.now())
        return self.filter(due, status=TaskResultStatus.READY)

    def overdue(self, since: datetime) -> QuerySet[Any]:
        """Jobs that were due by then and still wait."""
        at_once = Q(run_after=get_date_max(), enqueued_at__lt=since)
        return self.ready().filter(at_once | Q(run_after__lt=since))

    def lost(self) -> QuerySet[Any]:
        """Jobs of killed processes."""
        return self.running().filter(started_at__lt=clock.now() - lease())


class Job(Row):
    """Each change is for one try: if another process has started the job again, late changes have no effect."""

    objects = JobQuerySet.as_manager()

    class Meta:
        proxy = True
        verbose_name = _("job")
        verbose_name_plural = _("jobs")

    def __str__(self) -> str:
        return self.task_path

    @property
    def tries(self) -> int:
        return len(self.worker_ids)

    @property
    def due_at(self) -> datetime:
        return self.enqueued_at if self.run_after == get_date_max() else self.run_after

    def claim(self, worker_id: str) -> None:
        self.status, self.started_at = TaskResultStatus.RUNNING, clock.now()
        self.worker_ids = [*self.worker_ids, worker_id]
        self.save(update_fields=["status", "started_at", "worker_ids"])

    def succeed(self) -> None:
        if self._end_try(
            TaskResultStatus.SUCCESSFUL, args_kwargs=NOTHING, exception_class_path="", traceback=""
        ):
            counters.add("jobs", "done")

    def fail(self, kind: str, reason: str, *, for_good: bool = False) -> None:
        """Retry later, or set aside. ``reason`` is shown to people, and must not contain the job's arguments.

        Retries come after new jobs: while a server does not answer, each of them may wait for it.
        """
        counters.add("jobs", "failed")
        failure = {"exception_class_path": kind, "traceback": reason}
        if not for_good and self.tries < most_tries():
            later, priority = clock.now() + wait_after(self.tries), max(self.priority - 1, TASK_MIN_PRIORITY)
            self._end_try(TaskResultStatus.READY, run_after=later, priority=priority, **failure)
        elif self._end_try(TaskResultStatus.FAILED, finished_at=clock.now(), **failure):
            counters.add("jobs", "set aside")

    def release(self) -> None:
        """The process is ending: let another one start the job again at once."""
        self._end_try(TaskResultStatus.READY, run_after=clock.now())

    def run_again(self) -> None:
        """Run a job that was set aside, with all its tries again."""
        Job.objects.failed().filter(pk=self.pk).update(
            status=TaskResultStatus.READY, run_after=clock.now(), worker_ids=[], finished_at=None
        )

    def _end_try(self, status: TaskResultStatus, **changes: Any) -> bool:
        mine = Job.objects.running().filter(pk=self.pk, started_at=self.started_at)
        if status == TaskResultStatus.SUCCESSFUL:
            changes["finished_at"] = clock.now()
        ended = bool(mine.update(status=status, **changes))
        for name, value in ({"status": status} | changes).items():
            setattr(self, name, value)
        return ended
