"""``manage.py backup``, see docs/backups.md."""

import signal
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error

from chat.progress import Bar
from hypertalk.backups import BackupError
from hypertalk.backups.archive import Manifest
from hypertalk.backups.making import make_backup, write_backup
from hypertalk.backups.target import path_in, prune


class Command(BaseCommand):
    help = "Back up the whole workspace to one file while it runs. Keep the file as secret as the database."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "target", help="a file, a folder (the file is named by the time), or - for standard output"
        )
        parser.add_argument(
            "--keep", type=int, metavar="N", help="keep only the newest N backups in the folder"
        )

    def run_from_argv(self, argv: list[str]) -> None:
        """Exit with an exception on SIGTERM, so that the partial file is deleted."""
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        super().run_from_argv(argv)

    def handle(self, *args: Any, target: str, keep: int | None, verbosity: int, **options: Any) -> None:
        folder = Path(target)
        if keep is not None and (keep < 1 or target == "-" or not folder.is_dir()):
            raise CommandError("--keep needs a number of at least 1 and a folder as the target.")
        try:
            with Bar("Backup", None, quiet=not verbosity) as bar:
                if target == "-":
                    manifest = write_backup(sys.stdout.buffer, bar.step)
                    sys.stdout.buffer.flush()
                else:
                    path = path_in(folder)
                    manifest = make_backup(path, bar.step)
            if target != "-" and verbosity:
                self.stdout.write(_said(path, manifest))
            if keep is not None:
                for old in prune(path, keep):
                    self.stdout.write(f"Removed {old}.")
        except BackupError as problem:
            raise CommandError(problem) from None
        except OSError as problem:
            raise CommandError(f"The backup can't be written: {problem.strerror or problem}.") from None
        except Error as problem:
            raise CommandError(f"The database can't be read: {problem}") from None


def _said(path: Path, manifest: Manifest) -> str:
    size = path.stat().st_size / 1e6
    return f"{path}: {manifest.rows:,} rows of {len(manifest.tables)} tables, {size:,.1f} MB, written and verified."
