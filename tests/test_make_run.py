"""`make run` on a new machine: it says what it does while it installs."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import IO

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = 25
# A Python of a new machine. It makes an environment that has this same Python; and as its pip, it fetches packages and then
# waits at ``gate`` for an answer, as long as installing takes.
PYTHON = f"""#!/bin/sh
case "$*" in
    *"-m venv"*) mkdir -p .venv/bin; cp "$0" .venv/bin/python ;;
    *"pip install"*)
        for n in $(seq {PACKAGES}); do echo "Collecting package$n==1.0"; done
        echo "Installing collected packages: package1"
        read answer <gate
        [ "$answer" = well ] ;;
esac
"""


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder with the script, pins, and a Python."""
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools" / "environment.sh", tmp_path / "tools")
    (tmp_path / "requirements").mkdir()
    pins = "".join(f"package{n}==1.0 \\\n    --hash=sha256:0\n" for n in range(PACKAGES))
    (tmp_path / "requirements" / "base.txt").write_text(pins)
    (tmp_path / "bin").mkdir()
    python = tmp_path / "bin" / "python3.13"
    python.write_text(PYTHON)
    python.chmod(0o755)
    os.mkfifo(tmp_path / "gate")
    return tmp_path


@contextmanager
def install(machine: Path) -> Iterator[tuple[subprocess.Popen[str], IO[str]]]:
    """The script while it runs, and what it says. If it says nothing, it is ended."""
    path = f"{machine / 'bin'}:{os.environ['PATH']}"
    with subprocess.Popen(
        ["sh", "tools/environment.sh", "base"],
        cwd=machine,
        env={"PATH": path, "HOME": str(machine)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as installing:
        deadline = Timer(30, os.killpg, (installing.pid, signal.SIGKILL))
        deadline.start()
        assert installing.stdout
        try:
            yield installing, installing.stdout
        finally:
            installing.wait()
            deadline.cancel()


@pytest.mark.parametrize(("answer", "code"), [("well", 0), ("badly", 1)])
def test_installing_says_how_far_it_is_while_it_goes_on(machine: Path, answer: str, code: int) -> None:
    with install(machine) as (installing, output):
        said = [output.readline().strip() for _ in range(5)]
        assert installing.poll() is None, "it said all this before it was over"
        (machine / "gate").write_text(f"{answer}\n")
        assert output.read() == ""
    assert said == [
        "Creating a Python environment in .venv",
        f"Installing {PACKAGES} packages into .venv, which takes about a minute",
        f"10 of {PACKAGES} packages are here",
        f"20 of {PACKAGES} packages are here",
        "unpacking them",
    ]
    assert installing.returncode == code
    assert (machine / ".venv" / "installed-base").exists() == (code == 0)  # else the next run installs again
    if code == 0:
        with install(machine) as (again, output):
            assert output.read() == "", "there is nothing to do, and nothing to say"
        assert again.returncode == 0


def test_make_run_installs_says_what_it_prepares_and_serves() -> None:
    planned = subprocess.run(
        ["make", "--no-print-directory", "-n", "run"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert planned == ["sh tools/environment.sh base", "sh tools/run.sh"]
    steps = (ROOT / "tools" / "run.sh").read_text()
    told = [
        steps.index(words)
        for words in ('echo "Preparing', "manage.py migrate", "http://localhost:", "manage.py serve")
    ]
    assert told == sorted(told), "each step is told before it begins"
