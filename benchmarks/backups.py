"""``python -m benchmarks.backups [messages]``: back up and restore a filled workspace on both databases
(docs/backups.md).
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.support.services import Postgres

MEMBERS, ROOMS = 1000, 50
ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "hypertalk.settings",
    "SECRET_KEY": "for-benchmarks-only-" + "x" * 40,
    "ALLOWED_HOSTS": "127.0.0.1",
    "REDIS_URL": "",
}


def timed(what: str, url: str, *command: str) -> None:
    """Print the seconds, and the peak memory of the command's own process."""
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "manage.py", *command, "--verbosity", "0"],
        env={**os.environ, **ENVIRONMENT, "DATABASE_URL": url},
    )
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{what} failed")
    seconds = time.monotonic() - began
    cpu = usage.ru_utime + usage.ru_stime
    print(
        f"  {what:<28} {seconds:7.1f} s  (CPU {cpu:6.1f} s)  {usage.ru_maxrss / 1024:5.0f} MB of memory",
        flush=True,
    )


def measure(name: str, source: str, empty: str, folder: Path, messages: int) -> None:
    path = folder / f"{name}.zip"
    print(f"\n{name}, {messages:,} messages, {MEMBERS:,} people, {ROOMS} rooms")
    timed("migrate", source, "migrate")
    crowd = (f"--members={MEMBERS}", f"--messages={messages}", f"--rooms={ROOMS}", "--really")
    timed("populate", source, "populate", *crowd)
    timed("backup, read back", source, "backup", str(path))
    print(f"  {'size of the file':<28} {path.stat().st_size / 1e6:7.1f} MB")
    timed("restore --check", empty, "restore", str(path), "--check")
    timed("restore into empty database", empty, "restore", str(path))


def main() -> None:
    messages = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = [f"sqlite:///{folder}/{each}.sqlite3" for each in ("from", "to")]
        measure("SQLite", files[0], files[1], folder, messages)
        postgres = Postgres()
        try:
            databases = [postgres.create(each) for each in ("from", "to")]
            measure("PostgreSQL", databases[0], databases[1], folder, messages)
        finally:
            postgres.stop()


if __name__ == "__main__":
    main()
