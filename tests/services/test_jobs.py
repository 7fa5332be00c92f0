"""Jobs in real processes: a mail server that stalls, processes that are killed or shut down, several at once."""

import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from tests.services.conftest import Deployment
from tests.support.faults import listening, mail_server
from tests.support.services import Daphne, manage

PATIENCE = 30  # seconds
STATES = (
    "from hypertalk.jobs.models import Job; print(','.join(Job.objects.values_list('status', flat=True)))"
)


@dataclass
class MailServer:
    """``asked``: a whole mail has arrived. It is accepted once ``goes_on`` is set; until then its sender waits."""

    port: int = 0
    lines: list[str] = field(default_factory=list)
    asked: threading.Event = field(default_factory=threading.Event)
    goes_on: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def mails(self) -> list[str]:
        """Recipients of the mails that arrived."""
        return sorted(line.removeprefix("To: ") for line in self.lines if line.startswith("To: "))

    def hold(self) -> None:
        self.asked.set()
        self.goes_on.wait(PATIENCE)


@pytest.fixture
def mail() -> Iterator[MailServer]:
    server = MailServer()
    with listening(mail_server(taken=server.lines, before=server.hold)) as port:
        server.port = port
        yield server
        server.goes_on.set()


def until(true: Callable[[], object]) -> None:
    """Poll without a pause: the condition runs in another process, which takes time."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline


BEGUN = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
from hypertalk.accounts.first_run import begin
begin("ada@example.com", "talk-to-me", "Ada", signup="anyone", domain="")
"""


def prepare(database: str) -> None:
    """Finish the first run: whoever signs up from now on confirms their address."""
    settings = {"DJANGO_SETTINGS_MODULE": "tests.services.jobs_settings", "DATABASE_URL": database}
    manage({**os.environ, **settings}, "shell", "--no-imports", "-c", BEGUN)


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """SQLite's file, to be copied."""
    path = tmp_path_factory.mktemp("begun") / "db.sqlite3"
    prepare(f"sqlite:///{path}")
    return path


@pytest.fixture
def database(begun: Path, tmp_path: Path) -> str:
    return f"sqlite:///{shutil.copy(begun, tmp_path)}"


@contextmanager
def serving(folder: Path, database: str, mail: MailServer, **env: str) -> Iterator[Daphne]:
    daphne = Daphne(
        folder,
        DJANGO_SETTINGS_MODULE="tests.services.jobs_settings",
        DATABASE_URL=database,
        EMAIL_URL=mail.url,
        LOG_LEVEL="INFO",
        **env,
    )
    try:
        yield daphne
    finally:
        daphne.stop()


@contextmanager
def worker(env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """``manage.py worker``."""
    process = subprocess.Popen([sys.executable, "manage.py", "worker"], env=env, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def sign_up(url: str, name: str) -> float:
    """Returns the seconds until the response."""
    with httpx.Client(base_url=url, timeout=PATIENCE) as client:
        page = client.get("/accounts/signup/").text
        (token,) = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        began = time.monotonic()
        answer = client.post(
            "/accounts/signup/",
            data={
                "csrfmiddlewaretoken": token,
                "display_name": name.title(),
                "email": f"{name}@example.com",
                "password1": "a-long-password",
            },
        )
        assert (answer.status_code, answer.headers.get("Location")) == (302, "/accounts/confirm-email/"), (
            answer.text
        )
        return time.monotonic() - began


def test_who_signs_up_does_not_wait_for_a_mail_server_that_stalls(
    tmp_path: Path, database: str, mail: MailServer
) -> None:
    """Nor does the next request; and no line of the log contains the recipient."""
    with serving(tmp_path, database, mail) as daphne:
        sign_up(daphne.url, "dora")
        assert mail.asked.wait(PATIENCE)
        sign_up(daphne.url, "emil")
        assert httpx.get(f"{daphne.url}/accounts/login/").status_code == 200
        assert not mail.goes_on.is_set()  # the response did not need it
        mail.goes_on.set()
        until(lambda: daphne.elsewhere(STATES).strip() == "SUCCESSFUL,SUCCESSFUL")
        assert mail.mails == ["dora@example.com", "emil@example.com"]
        log = daphne.log.read_text()
        assert "hypertalk.accounts.mailing.send_sealed" in log
        assert "example.com" not in log


def test_a_mail_whose_process_was_killed_goes_out_after_all(
    tmp_path: Path, database: str, mail: MailServer
) -> None:
    with serving(tmp_path, database, mail, JOBS="workers", LEASE="2") as daphne:
        with worker(daphne.env) as first:
            sign_up(daphne.url, "dora")
            assert mail.asked.wait(PATIENCE)
            first.kill()
            first.wait()
        assert daphne.elsewhere(STATES).strip() == "RUNNING"
        mail.goes_on.set()
        with worker(daphne.env):
            # It is found when the lease is over, and waits ten seconds as after any other try.
            until(lambda: daphne.elsewhere(STATES).strip() == "SUCCESSFUL")
        assert mail.mails == ["dora@example.com"] * 2  # the first sender did not learn that it was accepted


@pytest.mark.parametrize("ends", ["in time", "too late"])
def test_a_server_that_is_told_to_end_loses_no_mail(
    tmp_path: Path, database: str, mail: MailServer, ends: str
) -> None:
    """The running job is finished; if it takes too long, the next process starts it again at once."""
    with serving(tmp_path, database, mail) as daphne:
        sign_up(daphne.url, "dora")
        assert mail.asked.wait(PATIENCE)
        daphne.terminate()
        if ends == "in time":
            mail.goes_on.set()
        assert daphne._process.wait(PATIENCE) in {0, -15}
        assert daphne.elsewhere(STATES).strip() == ("SUCCESSFUL" if ends == "in time" else "READY")
        if ends == "too late":
            mail.goes_on.set()
            daphne.start()
            until(lambda: daphne.elsewhere(STATES).strip() == "SUCCESSFUL")


def test_several_workers_on_postgres_send_each_mail_once(
    deployment: Deployment, tmp_path: Path, mail: MailServer
) -> None:
    mail.goes_on.set()
    database = deployment.postgres.create("jobs")
    prepare(database)
    env = {"REDIS_URL": deployment.redis.url, "REDIS_PREFIX": "jobs", "JOBS": "workers"}
    with serving(tmp_path, database, mail, **env) as daphne, worker(daphne.env), worker(daphne.env) as other:
        daphne.elsewhere(
            "from hypertalk.accounts.mailing import send_later\n"
            "from django.core.mail import EmailMessage\n"
            "for n in range(40): send_later(EmailMessage('Hello', 'You', to=[f'p{n}@example.com']))"
        )
        until(lambda: daphne.elsewhere(STATES).count("SUCCESSFUL") == 40)
        assert mail.mails == sorted(f"p{n}@example.com" for n in range(40))
        told = (
            "from hypertalk.jobs.models import Job; print(len({j.worker_ids[0] for j in Job.objects.all()}))"
        )
        assert daphne.elsewhere(told).strip() == "2"
        other.terminate()
        assert other.wait(PATIENCE) == 0
