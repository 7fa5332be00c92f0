"""``manage.py restore``: docs/backups.md."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error

from chat.progress import Bar
from hypertalk.backups import BackupError
from hypertalk.backups.archive import Reader
from hypertalk.backups.restoring import check_backup, restore, what_is_there


class Command(BaseCommand):
    help = "Put a backup into an empty database, or with --replace over all that is there. Stop the servers first."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--check", action="store_true", help="only read the file, and say whether it is whole"
        )
        parser.add_argument("--replace", action="store_true", help="remove all that is in the database now")
        parser.add_argument("--yes", action="store_true", help="don't ask")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            with Reader(file) as reader:
                check_backup(reader)
                made = f"{file}, made {reader.manifest.made_at}, is whole: {reader.manifest.rows:,} rows."
                if options["verbosity"]:
                    self.stdout.write(made)
                if not options["check"]:
                    self._restore(reader, **options)
        except BackupError as problem:
            raise CommandError(problem) from None
        except Error as problem:
            raise CommandError(f"The database does not answer: {problem}") from None

    def _restore(self, reader: Reader, *, replace: bool, yes: bool, verbosity: int, **_: Any) -> None:
        if (table := what_is_there()) and not replace:
            raise CommandError(
                f"The database is not empty ({table} has rows). --replace removes all that is there."
            )
        if table and not yes:
            self._ask()
        with Bar("Restore", reader.manifest.rows, quiet=not verbosity) as bar:
            restore(reader, bar.step, replace=replace)
        if verbosity:
            self.stdout.write("Restored. Everybody signs in anew, and open pages start over.")

    def _ask(self) -> None:
        if not sys.stdin.isatty():
            raise CommandError("This removes all that is in the database: say so with --yes.")
        if input("This removes all that is in the database now. Go on? [yes/no] ").strip().lower() != "yes":
            raise CommandError("Nothing was changed.")
