"""Make a backup."""

from pathlib import Path
from typing import IO

from django.db import connection
from django.db.migrations.loader import MigrationLoader

from hypertalk.backups import BackupError
from hypertalk.backups.archive import Manifest, Progress, Reader, Writer
from hypertalk.backups.files import write_files
from hypertalk.backups.snapshot import snapshot
from hypertalk.backups.tables import as_names, tables
from hypertalk.backups.target import whole_file


def write_backup(file: IO[bytes], progress: Progress) -> Manifest:
    """Write the whole workspace as of one moment. Raises BackupError, and the file's own errors."""
    with snapshot() as moment:
        loader = MigrationLoader(connection)
        manifest = Manifest(as_names(loader.applied_migrations), connection.vendor)
        with Writer(file, manifest) as writer:
            for table in tables(loader):
                writer.table(table.name, table.columns, moment.lines(table), progress)
            write_files(writer)
    return manifest


def make_backup(path: Path, progress: Progress) -> Manifest:
    """Write a backup to a path, and verify it before it gets its final name. Raises BackupError."""
    try:
        with whole_file(path) as file:
            write_backup(file, progress)
            file.flush()
            with Reader(path, file) as reader:
                reader.check()
                return reader.manifest
    except OSError as problem:
        raise BackupError(
            f"{path} can't be written: {problem.strerror or problem}. The partial file was removed."
        ) from None
