"""What happens to a job, on the current database: done once, retried, set aside, started again."""

import logging
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connections, transaction
from django.tasks import TaskResultStatus
from django.utils import timezone

from chat.db.clock import clock
from chat.jobs.queue import enqueue
from chat.monitoring.counters import counters
from hypertalk.jobs import runner
from hypertalk.jobs.models import LONGEST_WAIT, Job, wait_after
from hypertalk.jobs.runner import JobRunner
from tests.support import jobs

pytestmark = pytest.mark.usefixtures("queue")

WAITING, RUNNING, SET_ASIDE, DONE = (
    TaskResultStatus.READY,
    TaskResultStatus.RUNNING,
    TaskResultStatus.FAILED,
    TaskResultStatus.SUCCESSFUL,
)


def counted() -> dict[str, int]:
    return {
        key.partition(":")[2]: number
        for key, number in counters.take().counted.items()
        if key.startswith("jobs:")
    }


def only() -> Job:
    return Job.objects.get()


def make_due() -> None:
    """As if the wait were over."""
    Job.objects.filter(status=WAITING).update(run_after=timezone.now() - timedelta(seconds=1))


def test_a_job_is_done_and_what_it_was_given_is_erased() -> None:
    enqueue(jobs.write_down, "secret")
    assert only().args_kwargs["args"] == ["secret"]
    JobRunner().work_off()
    assert jobs.done == ["secret"]
    assert (only().status, only().args_kwargs) == (DONE, {"args": [], "kwargs": {}})
    assert only().finished_at is not None
    JobRunner().work_off()
    assert jobs.done == ["secret"]
    assert counted() == {"queued": 1, "done": 1}


def test_it_is_kept_by_the_commit_that_it_belongs_to_and_by_no_other() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        enqueue(jobs.write_down, "never")
        raise ZeroDivisionError
    assert not Job.objects.exists()
    with transaction.atomic():
        enqueue(jobs.write_down, "once")
        assert Job.objects.exists()
        assert jobs.done == []
    JobRunner().work_off()
    assert jobs.done == ["once"]


def test_a_new_job_is_done_before_those_that_failed_before() -> None:
    """A mail server that does not answer holds each of them up, and nobody who is new."""
    enqueue(jobs.stumble, "again")
    JobRunner().work_off()
    make_due()
    enqueue(jobs.write_down, "new")
    first = Job.objects.ready().first()
    assert first is not None
    assert first.task_path.endswith("write_down")


def test_one_that_fails_is_tried_again_later_and_set_aside_after_the_last_try(
    caplog: pytest.LogCaptureFixture,
) -> None:
    enqueue(jobs.stumble, "a secret")
    for tries in (1, 2):
        JobRunner().work_off()
        assert (only().status, only().tries) == (WAITING, tries)
        assert only().run_after > timezone.now() + timedelta(seconds=5)
        JobRunner().work_off()  # it is not due
        assert only().tries == tries
        make_due()
    JobRunner().work_off()
    assert (only().status, only().tries, only().traceback) == (SET_ASIDE, 3, "ValueError")
    assert only().finished_at is not None
    assert counted() == {"queued": 1, "failed": 3, "set aside": 1}
    make_due()
    JobRunner().work_off()
    assert only().tries == 3
    told = [each.getMessage() for each in caplog.records if each.name == runner.__name__]
    assert [line.rpartition(", ")[0].rpartition(": ")[2] for line in told] == [
        f"tests.support.jobs.stumble, try {n}" for n in (1, 2, 3)
    ]
    assert told[-1].endswith("set aside")
    assert "secret" not in "".join(told)


def test_waits_grow_and_spread() -> None:
    means = [10, 40, 160, 640, 2560, 10240, 21600, 21600]
    for tries, mean in enumerate(means, 1):
        waits = {wait_after(tries) for _ in range(50)}
        assert len(waits) > 1
        assert timedelta(seconds=mean * 0.75) <= min(waits) <= max(waits) <= timedelta(seconds=mean * 1.25)
    assert means[-1] == LONGEST_WAIT.total_seconds()


def test_one_that_can_never_work_is_set_aside_at_once() -> None:
    enqueue(jobs.give_up, "a secret")
    JobRunner().work_off()
    assert (only().status, only().tries, only().traceback) == (SET_ASIDE, 1, "GiveUp")


def test_the_next_one_has_its_turn_whatever_the_one_before_did() -> None:
    """Also after a job that this release does not know: the other release, which does, runs it later."""
    Job.objects.create(
        task_path="tests.support.jobs.of_a_newer_release",
        args_kwargs={"args": [], "kwargs": {}},
        backend_name="default",
        run_after=timezone.now(),
    )
    enqueue(jobs.stumble, "")
    enqueue(jobs.write_down, "after them")
    JobRunner().work_off()
    assert jobs.done == ["after them"]
    assert sorted(Job.objects.values_list("status", flat=True)) == sorted([WAITING, WAITING, DONE])


def test_one_that_was_set_aside_begins_from_the_start_when_somebody_says_so() -> None:
    enqueue(jobs.give_up, "")
    JobRunner().work_off()
    Job.objects.update(task_path=jobs.write_down.module_path, args_kwargs={"args": ["again"], "kwargs": {}})
    only().run_again()
    assert (only().status, only().tries) == (WAITING, 0)
    JobRunner().work_off()
    assert (jobs.done, only().status, only().traceback) == (["again"], DONE, "")


def test_what_was_lost_with_its_process_is_begun_anew_and_who_comes_late_changes_nothing() -> None:
    enqueue(jobs.write_down, "again")
    first = JobRunner()._take()
    assert first is not None
    JobRunner().work_off()  # it may still be running
    assert (only().status, jobs.done) == (RUNNING, [])
    Job.objects.update(started_at=timezone.now() - timedelta(seconds=61))
    first.refresh_from_db()
    JobRunner().work_off()
    assert (only().status, only().traceback) == (WAITING, "The process that worked on it ended.")
    make_due()
    JobRunner().work_off()
    assert (only().status, jobs.done) == (DONE, ["again"])
    for late in (first.succeed, first.release):
        late()
    first.fail("", "late")
    assert (only().status, only().tries, only().traceback) == (DONE, 2, "")


def test_whose_clock_is_ahead_takes_nothing_from_who_is_at_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each process goes by the database's clock: otherwise a mail would go out twice, and a wait take an hour too long."""
    real, hour = timezone.now, timedelta(hours=1)
    enqueue(jobs.write_down, "once")
    first = JobRunner()._take()
    assert first is not None
    monkeypatch.setattr(clock, "measure", lambda: None)
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(timezone, "now", lambda: real() + hour)
        elsewhere.setattr(clock, "behind", -hour.total_seconds())
        JobRunner().work_off()
        assert (only().status, jobs.done) == (RUNNING, [])
        first.release()
        second = JobRunner()._take()
        assert second is not None
        second.fail("", "again")
    assert only().started_at < real()
    assert only().run_after < real() + timedelta(minutes=1)


def test_one_that_kills_its_process_each_time_is_set_aside_too() -> None:
    enqueue(jobs.write_down, "never")
    for _ in range(3):
        make_due()
        assert JobRunner()._take() is not None
        Job.objects.update(started_at=timezone.now() - timedelta(seconds=61))
        JobRunner()._keep_house()
    assert (only().status, jobs.done) == (SET_ASIDE, [])


def test_at_the_end_of_a_process_what_is_under_way_is_ended() -> None:
    working = JobRunner().start()
    enqueue(jobs.hang, "ended")
    assert jobs.begun.wait(20)
    enqueue(jobs.write_down, "not begun any more")
    ending = Thread(target=working.finish, args=(20,))
    ending.start()
    working._ending.wait(20)
    jobs.go_on.set()
    ending.join(20)
    assert not ending.is_alive()
    assert jobs.done == ["ended"]
    assert sorted(Job.objects.values_list("status", flat=True)) == [WAITING, DONE]


def test_or_left_to_another_process_if_that_takes_too_long() -> None:
    working = JobRunner().start()
    enqueue(jobs.hang, "twice")
    assert jobs.begun.wait(20)
    working.finish(0.05)
    assert only().status == WAITING
    jobs.go_on.set()
    working._thread.join(20)
    assert (only().status, jobs.done) == (WAITING, ["twice"])  # the late result changes nothing
    JobRunner().work_off()
    assert (only().status, jobs.done) == (DONE, ["twice", "twice"])


def test_of_many_that_work_each_job_is_taken_by_one() -> None:
    for n in range(40):
        enqueue(jobs.write_down, str(n))
    together = Barrier(4)
    trouble: list[Any] = []

    def work() -> None:
        try:
            together.wait()
            JobRunner().work_off()
        except Exception as error:  # noqa: BLE001 - told by the thread that looks
            trouble.append(error)
        finally:
            connections.close_all()

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not trouble
    assert sorted(jobs.done) == sorted(map(str, range(40)))
    assert all(job.tries == 1 for job in Job.objects.all())


def test_without_a_database_it_says_so_once_and_goes_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from django.db import OperationalError

    monkeypatch.setattr(runner, "POLL", 0.01)
    takes, tried = JobRunner._take, []

    def fail_three_times(self: JobRunner) -> Any:
        tried.append(1)
        if len(tried) <= 3:
            raise OperationalError
        return takes(self)

    monkeypatch.setattr(JobRunner, "_take", fail_three_times)
    enqueue(jobs.hang, "after all")
    working = JobRunner().start()
    assert jobs.begun.wait(20)
    jobs.go_on.set()
    working.finish(20)
    assert jobs.done == ["after all"]
    told = [each.getMessage() for each in caplog.records if each.levelno == logging.WARNING]
    assert told == [
        "jobs wait: the queue can't be read",
        "jobs run again; it had failed 3 times",
    ]


def test_old_ones_are_removed() -> None:
    for name, status, days in (
        ("done long ago", DONE, 2),
        ("just done", DONE, 0),
        ("just set aside", SET_ASIDE, 2),
        ("set aside long ago", SET_ASIDE, 15),
        ("waits", WAITING, 100),
    ):
        at = timezone.now() - timedelta(days=days)
        made = Job.objects.create(
            task_path=name,
            args_kwargs={},
            backend_name="default",
            run_after=timezone.now() + timedelta(days=1),
        )
        Job.objects.filter(pk=made.pk).update(status=status, finished_at=at if days < 100 else None)
    JobRunner().work_off()
    assert set(Job.objects.values_list("task_path", flat=True)) == {"just done", "just set aside", "waits"}


def test_what_is_counted() -> None:
    enqueue(jobs.write_down, "")
    Job.objects.update(enqueued_at=timezone.now() - timedelta(seconds=7))
    JobRunner().work_off()
    assert 6.9 < counters.take().counted["job_wait+"] / 1e6 < 60
    working = JobRunner().start()
    enqueue(jobs.hang, "")
    assert jobs.begun.wait(20)
    assert counters.take().levels["workers"] == 1
    jobs.go_on.set()
    working.finish(20)
    assert counters.take().levels["workers"] == 0
