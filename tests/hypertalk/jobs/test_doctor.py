"""What the doctor finds about jobs."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chat import actions
from chat.jobs.queue import enqueue
from hypertalk.doctor import jobs as doctor
from hypertalk.doctor.findings import Options
from hypertalk.jobs.models import Job
from hypertalk.jobs.runner import JobRunner
from tests.support import jobs

pytestmark = pytest.mark.usefixtures("queue")


def finds() -> dict[str, tuple[str, str]]:
    return {each.name: (each.level, each.what) for each in doctor.check(Options())}


def somebody_works() -> None:
    now = timezone.now()
    actions.record(now.replace(second=0, microsecond=0), "here:1", {"workers": 1})
    actions.record(now.replace(second=0, microsecond=0), "here:2", {"sockets": 3})


def wait_for_minutes() -> None:
    long_ago = timezone.now() - timedelta(minutes=3)
    Job.objects.update(enqueued_at=long_ago)


def test_all_is_well_while_somebody_works_and_nothing_waits_for_long() -> None:
    somebody_works()
    enqueue(jobs.write_down, "")
    assert finds() == {"jobs.workers": ("ok", "Processes that run jobs: 1.")}


def test_nobody_works() -> None:
    assert finds() == {"jobs.workers": ("warning", "No process runs jobs, such as sending email.")}
    enqueue(jobs.write_down, "")
    wait_for_minutes()
    assert finds()["jobs.workers"][0] == "failure"


def test_jobs_wait_for_long_though_somebody_works() -> None:
    somebody_works()
    enqueue(jobs.write_down, "")
    wait_for_minutes()
    assert finds()["jobs.waiting"] == ("warning", "Jobs that waited for more than two minutes: 1.")
    Job.objects.update(
        run_after=timezone.now() + timedelta(hours=1)
    )  # it is not due: it failed, and is retried later
    assert "jobs.waiting" not in finds()


def test_some_were_set_aside() -> None:
    somebody_works()
    enqueue(jobs.give_up, "")
    JobRunner().work_off()
    assert finds()["jobs.set_aside"] == ("warning", "Jobs that failed each time and are set aside: 1.")
