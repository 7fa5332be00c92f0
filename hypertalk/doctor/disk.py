"""Free space in the folders that are written to."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.db import connection

from hypertalk.doctor.findings import Finding, Options, failure, ok, warning

MEGABYTE = 1024 * 1024
NONE_LEFT, LITTLE_LEFT = 100 * MEGABYTE, 1024 * MEGABYTE
SCRATCH = 8 * MEGABYTE  # an upload, while it is processed


def check(_options: Options) -> Iterator[Finding]:
    """Check the folder of SQLite's database, and the temporary folder. PostgreSQL's disk is on its own machine."""
    if connection.vendor == "sqlite":
        yield _folder("data", Path(str(connection.settings_dict["NAME"])).parent, NONE_LEFT, LITTLE_LEFT)
    yield _folder("temporary", Path(os.environ.get("TMPDIR") or "/tmp"), SCRATCH, SCRATCH)  # noqa: S108 - only checked


def _folder(what: str, folder: Path, least: int, enough: int) -> Finding:
    """Write to the folder: permissions and quotas alone don't tell whether that works."""
    name = f"disk.{what}"
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor-") as file:
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return failure(
            name,
            f"Nothing can be written to {folder}: {error.strerror or error}.",
            "Free some space there, and give the folder to the user that runs hypertalk (see docs/deploying.md).",
        )
    message = f"{free // MEGABYTE} MB are free in {folder}"
    if free < least:
        return failure(
            name, f"Only {message}: writes will soon fail.", "Free some space, or move to a larger disk."
        )
    if free < enough:
        return warning(name, f"Only {message}.", "Free some space, or move to a larger disk.")
    return ok(name, f"{message}.")
