"""In a project with Django's own backend, which runs jobs at once: never before the commit."""

import pytest
from django.db import transaction

from chat.jobs.queue import enqueue
from tests.support import jobs

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _django_s_own(settings) -> None:
    settings.TASKS = {"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}}
    jobs.done.clear()


def test_a_job_is_done_right_after_the_commit() -> None:
    with transaction.atomic():
        enqueue(jobs.write_down, "after the commit")
        assert jobs.done == []
    assert jobs.done == ["after the commit"]
    enqueue(jobs.write_down, "without a transaction")
    assert jobs.done[1:] == ["without a transaction"]


def test_nothing_is_done_of_what_was_rolled_back() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        enqueue(jobs.write_down, "never")
        raise ZeroDivisionError
    assert jobs.done == []
