"""``manage.py restore``, see docs/backups.md."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error

from chat.progress import Bar
from hypertalk.backups import BackupError
from hypertalk.backups.archive import Reader
from hypertalk.backups.refused import Value
from hypertalk.backups.restoring import check_backup, restore, what_is_there

MOST_TOLD = 100  # values


class Command(BaseCommand):
    help = "Restore a backup into an empty database, or with --replace over existing data. Stop the servers first."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--check",
            action="store_true",
            help="only check that the file is complete, and what of it a database would refuse",
        )
        parser.add_argument("--replace", action="store_true", help="delete all data in the database first")
        parser.add_argument("--yes", action="store_true", help="don't ask")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            with Reader(file) as reader:
                refused = check_backup(reader)
                made = f"{file}, made {reader.manifest.made_at}, is complete: {reader.manifest.rows:,} rows."
                if options["verbosity"]:
                    self.stdout.write(made)
                    self._tell(refused)
                if not options["check"]:
                    self._restore(reader, refused, **options)
        except BackupError as problem:
            raise CommandError(problem) from None
        except Error as problem:
            raise CommandError(f"The database does not answer: {problem}") from None

    def _tell(self, refused: list[Value]) -> None:
        if not refused:
            return
        self.stdout.write(
            "Some values have characters that databases refuse, such as NUL. A restore leaves these characters out:"
        )
        for value in refused[:MOST_TOLD]:
            self.stdout.write(f"  {value}")
        if (more := len(refused) - MOST_TOLD) > 0:
            self.stdout.write(f"  and {more:,} more")

    def _restore(
        self, reader: Reader, refused: list[Value], *, replace: bool, yes: bool, verbosity: int, **_: Any
    ) -> None:
        if (table := what_is_there()) and not replace:
            raise CommandError(
                f"The database is not empty ({table} has rows). --replace deletes all its data."
            )
        if table and not yes:
            self._ask()
        with Bar("Restore", reader.manifest.rows, quiet=not verbosity) as bar:
            restore(reader, bar.step, replace=replace, refused=refused)
        if verbosity:
            self.stdout.write("Restored. Everyone has to sign in again, and open pages reload their content.")

    def _ask(self) -> None:
        if not sys.stdin.isatty():
            raise CommandError("This deletes all data in the database: confirm with --yes.")
        if input("This deletes all data in the database. Continue? [yes/no] ").strip().lower() != "yes":
            raise CommandError("Nothing was changed.")
