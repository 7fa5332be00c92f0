"""Where a backup is written: the file is complete or absent, and readable by its owner only."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from hypertalk.backups import BackupError
from hypertalk.backups.archive import Reader

PREFIX, SUFFIX = "hypertalk-", ".zip"


def path_in(target: Path) -> Path:
    """Return the file to write: ``target`` itself, or a file in that folder named by the time. Raises BackupError."""
    if target.is_dir():
        return target / f"{PREFIX}{datetime.now(UTC):%Y%m%d-%H%M%S}{SUFFIX}"
    if not target.parent.is_dir():
        raise BackupError(f"There is no folder {target.parent}: create it first.")
    if target.exists():
        try:
            Reader(target).__exit__()
        except BackupError:
            raise BackupError(f"{target} already exists and is not a backup: choose another name.") from None
    return target


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """Open a temporary file beside ``path`` that is renamed to it on success, and deleted on failure.

    Its name is fixed and it is locked, so leftovers of a power cut are overwritten, and two backups don't collide.
    """
    part = path.parent / f".{PREFIX}part"
    try:
        number = os.open(part, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as problem:
        raise BackupError(f"{path.parent} can't be written to: {problem.strerror}.") from None
    with os.fdopen(number, "r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(number).st_ino != part.stat().st_ino:
                raise FileNotFoundError  # the other process has just finished, and this file is its backup
        except (BlockingIOError, FileNotFoundError):
            raise BackupError(f"Another backup is being written to {path.parent}.") from None
        try:
            file.truncate()
            os.fchmod(number, 0o600)
            yield file
            file.flush()
            os.fsync(number)
            part.replace(path)
            _sync(path.parent)
        except BaseException:
            part.unlink(missing_ok=True)
            raise


def prune(newest: Path, keep: int) -> list[Path]:
    """Delete all backups named by the time but ``newest`` and the ``keep - 1`` before it. Returns the deleted paths.

    ``newest`` stays whatever its name is: the clock may have been set back.
    """
    others = sorted(set(newest.parent.glob(f"{PREFIX}[0-9]*{SUFFIX}")) - {newest}, reverse=True)
    old = others[keep - 1 :]
    for path in old:
        path.unlink()
    return old


def _sync(folder: Path) -> None:
    """A rename survives a power cut only after the folder is synced."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
