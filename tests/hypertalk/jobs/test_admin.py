"""Jobs in the admin: who may see and run them, and that nothing of a mail is shown."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.tasks import TaskResultStatus

from chat.jobs.queue import enqueue
from chat.models import Person
from hypertalk.jobs.models import Job
from hypertalk.jobs.runner import JobRunner
from tests.conftest import client_of
from tests.support import jobs

pytestmark = pytest.mark.usefixtures("queue")

LIST = "/admin/jobs/job/"


@pytest.fixture
def set_aside(queue: None) -> Job:
    enqueue(jobs.give_up, "dora@example.com")
    JobRunner().work_off()
    return Job.objects.get()


def act(person: Person, action: str, *chosen: Job, **more: str) -> Any:
    given = {"action": action, "_selected_action": [job.pk for job in chosen], **more}
    return client_of(person).post(LIST, given, follow=True)


def test_the_list_and_the_page_say_how_a_job_stands_and_not_what_is_in_it(
    ada: Person, set_aside: Job
) -> None:
    enqueue(jobs.stumble, "dora@example.com")
    JobRunner().work_off()
    enqueue(jobs.write_down, "dora@example.com")
    JobRunner().work_off()
    enqueue(jobs.write_down, "dora@example.com")
    client = client_of(ada)
    html = client.get(LIST).content.decode()
    for word in ("Waiting", "Set aside", "Done", "tests.support.jobs.stumble", "ValueError", "GiveUp"):
        assert word in html, word
    pages = [html, *(client.get(f"{LIST}{job.pk}/change/").content.decode() for job in Job.objects.all())]
    assert not [page for page in pages if "dora" in page]
    found = client.get(LIST, {"state": "FAILED"}).content.decode()
    assert re.findall(r"tests\.support\.jobs\.(\w+)</a>", found) == ["give_up"]
    assert client.get(LIST, {"state": "odd"}).status_code == 200


@pytest.mark.parametrize(
    "lookup", ["args_kwargs__icontains", "args_kwargs__args__0__startswith", "task_path"]
)
def test_no_address_tells_what_is_in_a_job_letter_by_letter(lookup: str, mia: Person, set_aside: Job) -> None:
    """Django's lists can be filtered by any column of theirs, whether they show it or not."""
    mia.user.user_permissions.add(Permission.objects.get(codename="view_job"))
    assert client_of(mia).get(LIST, {lookup: "dora"}).status_code == 400


def test_the_page_of_the_package_which_shows_all_is_not_there(ada: Person, set_aside: Job) -> None:
    assert client_of(ada).get("/admin/django_tasks_database/dbtaskresult/").status_code == 404


def test_run_again_and_discard(ada: Person, set_aside: Job) -> None:
    assert "1 changed." in act(ada, "run_again", set_aside).content.decode()
    assert Job.objects.get().status == TaskResultStatus.READY
    assert (
        "Nothing to change" in act(ada, "discard", set_aside).content.decode()
    )  # it waits, and is not set aside
    JobRunner().work_off()
    assert Job.objects.get().status == TaskResultStatus.FAILED
    assert "is never done" in act(ada, "discard", set_aside).content.decode()
    assert Job.objects.exists()
    assert "1 changed." in act(ada, "discard", set_aside, confirmed="yes").content.decode()
    assert not Job.objects.exists()


def test_for_owners_and_whom_they_let(mia: Person, bob: Person, set_aside: Job) -> None:
    assert client_of(bob).get(LIST).status_code == 302
    assert client_of(mia).get(LIST).status_code == 403
    mia.user.user_permissions.add(Permission.objects.get(codename="view_job"))
    assert client_of(mia).get(LIST).status_code == 200
    assert "Discard" not in client_of(mia).get(LIST).content.decode()
    act(mia, "discard", set_aside, confirmed="yes")
    assert Job.objects.exists()
    mia.user.user_permissions.add(Permission.objects.get(codename="change_job"))
    act(mia, "discard", set_aside, confirmed="yes")
    assert not Job.objects.exists()
