"""Files below MEDIA_ROOT, if the deployment has one. Pictures are in the database."""

import os
import shutil
from functools import partial
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.db import transaction

from hypertalk.backups import BackupError
from hypertalk.backups.archive import PIECE, Reader, Writer

ASIDE = ".restoring"


def write_files(writer: Writer) -> None:
    """Call this after the rows are written, so that no row's file is missing. A file deleted meanwhile is skipped."""
    root = _root()
    if root is None:
        return
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.is_symlink() and ASIDE not in path.relative_to(root).parts:
            try:
                file = path.open("rb")
            except FileNotFoundError:
                continue
            with file:
                writer.file(path.relative_to(root).as_posix(), iter(partial(file.read, PIECE), b""))


def restore_files(reader: Reader, *, replace: bool) -> None:
    """Write all files to a temporary folder. They replace the old ones after the commit. Raises BackupError and
    OSError.
    """
    root = _root()
    if root is None or not (replace or reader.manifest.files):
        return
    aside = root / ASIDE
    shutil.rmtree(aside, ignore_errors=True)
    try:
        for name in reader.manifest.files:
            path = _below(aside, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                for piece in reader.pieces(f"files/{name}"):
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    transaction.on_commit(partial(_put_in_place, root))


def _put_in_place(root: Path) -> None:
    aside = root / ASIDE
    for old in root.iterdir() if root.is_dir() else []:
        if old != aside:
            shutil.rmtree(old) if old.is_dir() and not old.is_symlink() else old.unlink()
    if aside.is_dir():
        for new in aside.iterdir():
            new.replace(root / new.name)
        aside.rmdir()


def check_files(reader: Reader, *, replace: bool) -> None:
    """Check names and existing files before anything is changed. Raises BackupError."""
    root = _root()
    for name in reader.manifest.files:
        _below(root, name)
    there = root and root.is_dir() and any(path.name != ASIDE for path in root.iterdir())
    if reader.manifest.files and there and not replace:
        raise BackupError(f"There are already files in {root}; --replace deletes them.")


def _below(root: Path | None, name: str) -> Path:
    if root is None:
        raise BackupError("The backup has files, but MEDIA_ROOT is not set.")
    parts = PurePosixPath(name)
    if parts.is_absolute() or ".." in parts.parts or not parts.parts:
        raise BackupError(f"The backup has a file with an unsafe path: {name}.")
    return root / parts


def _root() -> Path | None:
    return Path(settings.MEDIA_ROOT) if settings.MEDIA_ROOT else None
