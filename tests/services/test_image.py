"""The Dockerfile, run step by step without Docker: what it installs, copies, builds, starts and checks.

The steps are parsed from the Dockerfile. Not tested are its base image (the interpreter is that of the tests), the
creation of its user, and the read-only root file system; here the user has no permission to write there.
"""

import os
import re
import subprocess
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.dockerfile import Ignore, Stage, copy, stages
from tests.support.services import free_port, wait_for
from tests.support.somebody import SOMEBODY, UID, can_be_somebody

ROOT = Path(__file__).resolve().parent.parent.parent
ENV = {
    "SECRET_KEY": "9mZqk2vXw7LrT4bNcY8sUe1hGfJ3dPaR6oWiQx5z",
    "ALLOWED_HOSTS": "talk.example.com",
    "PATH": "/usr/local/bin:/usr/bin:/bin",
}


@dataclass
class Image:
    """The folders that replace ``/opt/venv``, ``/srv`` and ``/data``, and the stage that is run."""

    venv: Path
    srv: Path
    data: Path
    port: int
    last: Stage

    def at_home(self, text: str) -> str:
        """A command or value of the Dockerfile, with the paths of this test."""
        for there, here in (
            ("/opt/venv", self.venv),
            ("/srv", self.srv),
            ("/data", self.data),
            ("8000", self.port),
        ):
            text = text.replace(there, str(here))
        return text

    @property
    def env(self) -> dict[str, str]:
        given = {
            name: self.at_home(value.replace("$PATH", ENV["PATH"])) for name, value in self.last.env().items()
        }
        return {**ENV, **given}

    def run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*SOMEBODY, *map(self.at_home, command)],
            cwd=self.srv,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Image]:
    """Everything up to the first start."""
    home = tmp_path_factory.mktemp("image")
    build, last = stages(ROOT / "Dockerfile")
    made = Image(home / "venv", home / "srv", home / "data", free_port(), last)
    made.srv.mkdir()
    made.data.mkdir()
    os.chown(made.data, UID, UID)
    ignore = Ignore(ROOT / ".dockerignore")
    for instruction, rest in build.steps:
        if instruction == "COPY":
            copy(ROOT, rest, made.srv, ignore)
        elif instruction == "RUN" and "-m venv" in rest:
            assert rest == "python -m venv /opt/venv"
            venv.create(made.venv, with_pip=True)
        elif instruction == "RUN":
            # The build's environment comes from the Dockerfile only; the package index is the machine's setting.
            index = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "HOME"))}
            done = subprocess.run(
                ["sh", "-euc", made.at_home(rest)],
                cwd=made.srv,
                env={"PATH": ENV["PATH"], **index},
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stderr
    for path in (made.srv, *made.srv.rglob("*")):
        path.chmod(path.stat().st_mode & ~0o222)
    yield made
    for path in (made.srv, *made.srv.rglob("*")):
        path.chmod(path.stat().st_mode | 0o200)


pytestmark = pytest.mark.skipif(not can_be_somebody(), reason="becomes another user, as root only can")


def test_what_is_in_it(image: Image) -> None:
    """All that runs is compiled, collected and readable by its user. No tests, no development data, no secret."""
    files = {str(path.relative_to(image.srv)) for path in image.srv.rglob("*")}
    assert {"manage.py", "hypertalk/settings.py", "staticfiles/staticfiles.json"} <= files
    assert any(re.fullmatch(r"chat/__pycache__/apps\..*\.pyc", name) for name in files)
    tops = {name.partition("/")[0] for name in files}
    assert tops == {
        "manage.py",
        "hypertalk",
        "chat",
        "templates",
        "static",
        "staticfiles",
        "requirements",
        "__pycache__",
    }
    assert not [path for path in image.srv.rglob("*") if not path.stat().st_mode & 0o004]
    size = sum(path.stat().st_size for path in image.srv.rglob("*") if path.is_file())
    assert size < 20_000_000


def test_it_can_write_nowhere_but_to_its_data(image: Image) -> None:
    for deployment in ("/srv", "/srv/staticfiles", "/opt/venv"):
        tried = image.run(["python", "-c", f"open('{deployment}/new', 'w')"])
        assert "Permission denied" in tried.stderr or "Read-only" in tried.stderr, deployment


def test_it_migrates_starts_is_healthy_and_ends(image: Image) -> None:
    healthcheck, start = image.last.command("HEALTHCHECK"), image.last.command("CMD")
    migrated = image.run(["python", "manage.py", "migrate", "--no-input"])
    assert migrated.returncode == 0, migrated.stderr
    assert (image.data / "db.sqlite3").stat().st_uid == UID
    assert image.run(healthcheck).returncode != 0  # nothing runs yet
    command = [*SOMEBODY, *map(image.at_home, start)]
    log = image.data / "log"
    with (
        log.open("wb") as written,
        subprocess.Popen(command, cwd=image.srv, env=image.env, stdout=written, stderr=written) as process,
    ):
        try:
            wait_for(image.port, process)
            healthy = image.run(healthcheck)
            assert healthy.returncode == 0, healthy.stderr
            told = image.run(["python", "manage.py", "doctor", "--json"])
            assert told.returncode == 0, told.stdout
            status = Path(f"/proc/{process.pid}/status").read_text()
            assert re.search(rf"^Uid:\s+{UID}\s+{UID}", status, re.MULTILINE)
        finally:
            process.terminate()
        assert process.wait(15) == 0, log.read_text()
    assert "Traceback" not in log.read_text()


def test_it_does_not_start_without_its_secrets(image: Image) -> None:
    for name in ("SECRET_KEY", "ALLOWED_HOSTS"):
        told = subprocess.run(
            [str(image.venv / "bin" / "python"), "manage.py", "check"],
            cwd=image.srv,
            env={**image.env, name: ""},
            capture_output=True,
            text=True,
            check=False,
        )
        assert told.returncode == 1
        assert told.stderr.startswith(f"{name} is missing")
