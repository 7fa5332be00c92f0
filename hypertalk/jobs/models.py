"""A job: a row of ``django-tasks-db``, and the ways from one state to the next.

``READY`` waits, for the first or for another try; ``FAILED`` is set aside. What a job was given is erased once it is done.
"""

import random
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.tasks import TaskResultStatus, task_backends
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult, DBTaskResultQuerySet, get_date_max

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
    """A job takes less. One that took longer was in a process that was killed, and is begun anew."""
    return timedelta(seconds=option("lease", 300))


def most_tries() -> int:
    """Eight are about ten hours."""
    return option("tries", 8)


def wait_after(tries: int) -> timedelta:
    """10 s, 40 s, 3 min, 11 min … and a quarter more or less, so that what failed together is not tried together."""
    wait: timedelta = min(FIRST_WAIT * 4 ** (tries - 1), LONGEST_WAIT)
    return wait * random.uniform(0.75, 1.25)  # noqa: S311 - keeps no secret


class JobQuerySet(DBTaskResultQuerySet):
    def overdue(self, since: datetime) -> QuerySet[Any]:
        """Those that could have begun then, and did not."""
        at_once = Q(run_after=get_date_max(), enqueued_at__lt=since)
        return self.ready().filter(at_once | Q(run_after__lt=since))

    def lost(self) -> QuerySet[Any]:
        """Those of processes that are gone."""
        return self.running().filter(started_at__lt=timezone.now() - lease())


class Job(Row):
    """Each change is about one try: who comes late, when the job was begun anew by another, changes nothing."""

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

    def succeed(self) -> None:
        if self._end_try(
            TaskResultStatus.SUCCESSFUL, args_kwargs=NOTHING, exception_class_path="", traceback=""
        ):
            counters.add("jobs", "done")

    def fail(self, kind: str, reason: str, *, for_good: bool = False) -> None:
        """Tried again after a while, or set aside. ``reason`` is shown to people, and repeats nothing of what was given."""
        counters.add("jobs", "failed")
        said = {"exception_class_path": kind, "traceback": reason}
        if not for_good and self.tries < most_tries():
            self._end_try(TaskResultStatus.READY, run_after=timezone.now() + wait_after(self.tries), **said)
        elif self._end_try(TaskResultStatus.FAILED, finished_at=timezone.now(), **said):
            counters.add("jobs", "set aside")

    def release(self) -> None:
        """The process ends: another one begins it anew, at once."""
        self._end_try(TaskResultStatus.READY, run_after=timezone.now())

    def run_again(self) -> None:
        """One that was set aside, with all its tries before it."""
        Job.objects.failed().filter(pk=self.pk).update(
            status=TaskResultStatus.READY, run_after=timezone.now(), worker_ids=[], finished_at=None
        )

    def _end_try(self, status: TaskResultStatus, **changes: Any) -> bool:
        mine = Job.objects.running().filter(pk=self.pk, started_at=self.started_at)
        if status == TaskResultStatus.SUCCESSFUL:
            changes["finished_at"] = timezone.now()
        ended = bool(mine.update(status=status, **changes))
        for name, value in ({"status": status} | changes).items():
            setattr(self, name, value)
        return ended
