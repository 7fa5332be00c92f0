"""Runs queued jobs in a thread. Any number of processes may do so: each job is run by one of them."""

import asyncio
import logging
import signal
import time
from contextlib import suppress
from threading import Event, Thread
from typing import Any, Self, cast

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.tasks import TaskContext, task_backends
from django.tasks.signals import task_finished, task_started
from django_tasks_db import DatabaseBackend
from django_tasks_db.utils import exclusive_transaction

from chat.db.clock import clock
from chat.jobs.queue import GiveUp
from chat.jobs.recorder import current_recorder
from chat.monitoring.counters import PROCESS, counters
from chat.monitoring.outage import Outage
from hypertalk.jobs.models import Job, lease
from hypertalk.logs.errors import describe

POLL = 1.0  # seconds between polls of the queue
PATIENCE = 8.0  # seconds that a running job may still take when its process ends
RECORD_SECONDS = 2.0  # for the last metrics
HOUR = 3600.0
DONE_DAYS, SET_ASIDE_DAYS = 1, 14  # for which jobs are stored

logger = logging.getLogger(__name__)


class JobRunner:
    """Runs jobs from ``start`` until ``finish``."""

    def __init__(self) -> None:
        self._ending = Event()
        self._at_work: Job | None = None
        self._recovered = self._pruned = float("-inf")
        self._outage = Outage(logger, "jobs wait: the queue can't be read", "jobs run again")
        # A job that hangs must not keep the process from ending.
        self._thread = Thread(target=self._work, name="jobs", daemon=True)

    def start(self) -> Self:
        self._thread.start()
        return self

    def finish(self, within: float = PATIENCE) -> None:
        """Wait for the running job. If it takes too long, release it to another process."""
        self._ending.set()
        self._thread.join(within)
        if (job := self._at_work) is not None:
            job.release()
            connections.close_all()

    def _work(self) -> None:
        counters.level("workers", 1)
        while not self._ending.is_set():
            try:
                self.work_off()
                self._outage.worked()
            except Exception as error:  # noqa: BLE001 - without a database for a while
                self._outage.failed(error)
            finally:
                connections.close_all()
            self._ending.wait(POLL)
        counters.level("workers", 0)

    def work_off(self) -> None:
        """Run all jobs that are due. Raises the database's errors."""
        self._keep_house()
        while not self._ending.is_set() and (job := self._take()):
            self._do(job)

    def _take(self) -> Job | None:
        """Take the next job. It reads first, since SQLite has only one write lock."""
        due = Job.objects.ready().filter(backend_name="default")
        if not due.exists():
            return None
        with exclusive_transaction():
            job: Any = due.get_locked()
            if job is not None:
                counters.observe("job_wait", max(0.0, time.time() - job.due_at.timestamp()))
                job.claim(PROCESS)
        return cast("Job | None", job)

    def _do(self, job: Job) -> None:
        self._at_work = job
        try:
            task, result = job.task, job.task_result
            backend = type(task.get_backend())
            task_started.send(backend, task_result=result)
            context: Any = (TaskContext(task_result=result),) if task.takes_context else ()
            task.call(*context, *result.args, **result.kwargs)
        except BaseException as error:  # an error must not stop the following jobs
            kind = f"{type(error).__module__}.{type(error).__qualname__}"
            job.fail(kind, describe(error), for_good=isinstance(error, GiveUp))
            then = "set aside" if job.finished_at else f"next at {job.run_after:%H:%M:%S}"
            logger.warning("job %s failed: %s, try %d, %s", job.pk, job, job.tries, then, exc_info=True)
        else:
            job.succeed()
            task_finished.send(backend, task_result=job.task_result)
        finally:
            self._at_work = None

    def _keep_house(self) -> None:
        """From time to time, restart lost jobs and delete old ones."""
        now = time.monotonic()
        if now - self._recovered > lease().total_seconds() / 10:
            clock.measure()  # the recorder may not have done so yet
            for job in Job.objects.lost():
                logger.warning("job %s was lost with its process: %s, try %d", job.pk, job, job.tries)
                job.fail("", "The process that worked on it ended.")
            self._recovered = now
        if now - self._pruned > HOUR:
            call_command(
                "prune_db_task_results",
                queue_name="*",
                min_age_days=DONE_DAYS,
                failed_min_age_days=SET_ASIDE_DAYS,
                verbosity=0,
            )
            self._pruned = now


def begin_inline() -> JobRunner | None:
    """Start a runner in the server, unless workers run the jobs or the queue is not in the database."""
    inline = settings.JOBS == "inline" and isinstance(task_backends["default"], DatabaseBackend)
    return JobRunner().start() if inline else None


async def work() -> None:
    """Run as a worker until a signal arrives."""
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    runner, recorder = JobRunner().start(), current_recorder()
    await ended.wait()
    await asyncio.to_thread(runner.finish)
    with suppress(TimeoutError):
        await asyncio.wait_for(recorder.end(), RECORD_SECONDS)
