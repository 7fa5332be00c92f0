"""The wheel of the chat, installed in an empty Django project that is created as docs/embedding.md says."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

from tests.support.services import free_port, wait_for

ROOT = Path(__file__).parents[2]
THEIRS = ROOT / "tests" / "embedded"
# "At the end of `project/settings.py`:" and a block of Python.
FILE = re.compile(r"(At the end of )?`(project/\w+\.py)`:\n\n```python\n(.*?)```", re.DOTALL)


def build(folder: Path) -> tuple[Path, Path]:
    """The wheel and the source distribution, as built by ``make wheel``."""
    _run([sys.executable, "-m", "hatchling", "build", "-d", str(folder)], ROOT, dict(os.environ))
    (wheel,), (source,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return wheel, source


class Project:
    """A project in its own folder, with the wheel installed and no access to the repository."""

    def __init__(self, folder: Path, wheel: Path) -> None:
        self.folder = folder / "theirs"
        self.folder.mkdir()
        self.python = str(folder / "venv" / "bin" / "python")
        # The project has its own Python path and settings, not those of the tests.
        ours = {"DJANGO_SETTINGS_MODULE", "PYTHONPATH"}
        self.env = {name: value for name, value in os.environ.items() if name not in ours}
        self.env["DJANGO_SETTINGS_MODULE"] = "project.settings"
        venv.create(folder / "venv", with_pip=False)
        (packages,) = (folder / "venv" / "lib").glob("python*/site-packages")
        # The wheel's dependencies are installed already, for the tests.
        (packages / "installed.pth").write_text(sysconfig.get_path("purelib") + "\n")
        install = ["pip", "--python", self.python, "install", "--quiet", "--no-index", str(wheel)]
        _run([sys.executable, "-m", *install], self.folder, self.env)
        self.begin()

    def begin(self) -> None:
        self.run("-m", "django", "startproject", "project", ".", DJANGO_SETTINGS_MODULE="")
        shutil.copytree(THEIRS, self.folder, dirs_exist_ok=True)
        settings = self.folder / "project" / "settings.py"
        _append(settings, '\nINSTALLED_APPS += ["people"]\nAUTH_USER_MODEL = "people.Account"\n')
        for appended, name, text in FILE.findall((ROOT / "docs" / "embedding.md").read_text()):
            if appended:
                _append(self.folder / name, text)
            else:
                (self.folder / name).write_text(text)
        self.run("manage.py", "makemigrations", "people")
        self.run("manage.py", "migrate", "--verbosity", "0")

    def run(self, *arguments: str, **env: str) -> str:
        """Returns what its Python prints. Raises RuntimeError with the error output."""
        return _run([self.python, *arguments], self.folder, {**self.env, **env})

    def start(self) -> str:
        """Start its development server, which is Daphne's. Returns the URL."""
        port = free_port()
        command = [self.python, "manage.py", "runserver", "--noreload", str(port)]
        self.log = self.folder / "log"
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(command, cwd=self.folder, env=self.env, stdout=log, stderr=log)
        wait_for(port, self._process)
        return f"http://127.0.0.1:{port}"

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _append(file: Path, text: str) -> None:
    file.write_text(f"{file.read_text()}\n{text}")


def _run(command: list[str], folder: Path, env: dict[str, str]) -> str:
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    return done.stdout
