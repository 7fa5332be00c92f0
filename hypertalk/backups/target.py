"""Where a backup is written to: there is a whole one or none, and nobody else can read it."""

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
    """The file to be written: ``target`` itself, or in that folder one named by the time. Raises BackupError."""
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
    """A file beside ``path`` that takes its name when all went well, and else is gone.

    It has one name, under a lock: what a power cut left is written over, and two at once don't get into each other's way.
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
                raise FileNotFoundError  # the other one has just ended, and this is its backup
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
    """Remove all but ``newest``, and the ``keep - 1`` before it, of those that were named by the time. Returns what went.

    That one stays whatever its name is: the clock may have been set back.
    """
    others = sorted(set(newest.parent.glob(f"{PREFIX}[0-9]*{SUFFIX}")) - {newest}, reverse=True)
    old = others[keep - 1 :]
    for path in old:
        path.unlink()
    return old


def _sync(folder: Path) -> None:
    """A rename outlasts a power cut only when its folder is on the disk."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
