"""``manage.py``'s commands, each in a process of its own that has the libraries already: most of a short command's time is
spent on importing them.
"""

import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
# None of them reads settings when it is imported.
LIBRARIES = [
    "PIL.Image", "allauth", "asgiref.sync", "asyncio", "channels.layers", "channels_redis.core",
    "django.contrib.admin", "django.core.management", "django.db.models", "django.forms",
    "django.template.loader", "django.test", "django.views.generic", "fido2.server", "httpx", "markdown_it",
    "multiprocessing.spawn", "psycopg_pool", "redis.asyncio", "sqlite3", "twisted.internet.protocol",
    "whitenoise.storage",
]  # fmt: skip
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload([*LIBRARIES, __name__])


def run_command(
    env: dict[str, str], *arguments: str, timeout: float = 60
) -> subprocess.CompletedProcess[str]:
    """Run a command in the repository with exactly this environment. Raises TimeoutExpired after so many seconds."""
    with tempfile.TemporaryDirectory() as folder:
        out, error = Path(folder) / "out", Path(folder) / "error"
        process = _processes.Process(target=_run, args=(env, arguments, out, error))
        process.start()
        process.join(timeout)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(arguments, timeout)
        return subprocess.CompletedProcess(arguments, process.exitcode, out.read_text(), error.read_text())


def _run(env: dict[str, str], arguments: tuple[str, ...], out: Path, error: Path) -> None:
    for path, number in ((out, 1), (error, 2)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), number)
    os.environ.clear()
    os.environ.update(env)
    os.chdir(ROOT)
    sys.argv = ["manage.py", *arguments]
    runpy.run_path("manage.py", run_name="__main__")
