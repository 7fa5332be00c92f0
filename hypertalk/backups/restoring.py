"""The way back: all in one transaction, so that a place is as it was or as the backup has it, and nothing between."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.migrations.exceptions import InvalidMigrationPlan, IrreversibleError
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from chat.actions import renew_numbers
from chat.db import sql
from chat.progress import counted
from hypertalk.backups import BackupError
from hypertalk.backups.archive import Progress, Reader
from hypertalk.backups.files import check_files, restore_files
from hypertalk.backups.snapshot import PATIENT
from hypertalk.backups.tables import as_names, tables
from hypertalk.caching.row_cache import invalidate_all

# Rows that ``migrate`` makes by itself: a database that has only these is empty.
_BY_ITSELF = {"django_migrations", "django_content_type", "auth_permission"}
# Tables that no backup has rows of stay as this release has them: they need not go back to an older one's, and can't.
_STAYS = "django_tasks_database"
# How far beyond its last each sequence goes on. An id that was given out after the backup may still be in a signed link,
# or in a browser: nobody else is to have it. Fits five hundred times into the smallest of them, of 32 bits.
_LEAP = 1_000_000


def check_backup(reader: Reader) -> None:
    """Whether it is whole, and of this hypertalk or an older one; asks no database. Raises BackupError."""
    known = set(as_names(MigrationLoader(None).disk_migrations))
    if newer := sorted(set(reader.manifest.migrations) - known):
        raise BackupError(
            f"The backup is of a newer hypertalk (it has {', '.join(newer)}): upgrade this one first."
        )
    reader.check()


def what_is_there() -> str:
    """A table that has rows already, or an empty string."""
    for table in _existing():
        if table not in _BY_ITSELF:
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT 1 FROM {_quote(table)} LIMIT 1")  # noqa: S608 - names of our own tables
                if cursor.fetchone():
                    return table
    return ""


def restore(reader: Reader, progress: Progress, *, replace: bool) -> None:
    """Put a checked backup in the place of what is there. Raises BackupError; the database is then as it was."""
    check_files(reader, replace=replace)
    try:
        with _alone():
            _invalidate_everybody()
            _empty()
            _migrate_to(reader.manifest.migrations)
            _hold_together()
            _empty()  # migrations make rows as well
            _check_tables(reader)
            for name, part in reader.manifest.tables.items():
                _load(name, list(part.columns), reader, progress)
            _hold_together()
            _count(reader)
            _leap()
            call_command("migrate", interactive=False, verbosity=0)
            _leap()  # tables that are newer than the backup as well
            renew_numbers()
            restore_files(reader, replace=replace)
    except (InvalidMigrationPlan, IrreversibleError):
        raise BackupError(
            "This database can't be taken back to the backup's: restore into an empty one."
        ) from None
    except (ValueError, TypeError) as problem:  # honest sums of rows that are none
        raise BackupError(f"The backup has rows that can't be read: {problem}.") from None
    except IntegrityError as problem:
        raise BackupError(f"The rows of the backup are inconsistent: {_first_line(problem)}") from None
    except DatabaseError as problem:
        msg = f"The database refused: {_first_line(problem)} If other programs use it, stop them first."
        raise BackupError(msg) from None
    except OSError as problem:
        raise BackupError(f"A file can't be written: {problem}") from None
    finally:
        ContentType.objects.clear_cache()


@contextmanager
def _alone() -> Iterator[None]:
    """One transaction, in which references may point to what comes later."""
    with connection.constraint_checks_disabled(), transaction.atomic(durable=True):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(PATIENT)
        yield


def _existing() -> list[str]:
    return connection.introspection.django_table_names(only_existing=True, include_views=False)


def _empty() -> None:
    """The guards of the audit log let this pass: they hold against UPDATE and against DELETE of a row."""
    if tables := sorted(set(_existing()) - {"django_migrations"}):
        connection.ops.execute_sql_flush(connection.ops.sql_flush(no_style(), tables))


def _migrate_to(wanted: list[str]) -> None:
    """The tables as the backup knows them: they may be newer here, or not there at all."""
    executor = MigrationExecutor(connection)
    graph, nodes = executor.loader.graph, {tuple(name.split(".", 1)) for name in _moved(wanted)}
    apps = {app for app, _ in executor.loader.disk_migrations} - {_STAYS}
    last = [node for node in nodes & set(graph.nodes) if not _followed(graph, node, nodes)]
    absent: list[Any] = [(app, None) for app in sorted(apps - {app for app, _ in nodes})]
    executor.migrate(sorted(last) + absent)
    applied = as_names(MigrationRecorder(connection).applied_migrations())
    if _moved(applied) != _moved(wanted):
        raise InvalidMigrationPlan(wanted)


def _moved(names: list[str]) -> list[str]:
    return [name for name in names if not name.startswith(f"{_STAYS}.")]


def _followed(graph: Any, node: Any, nodes: set[Any]) -> bool:
    return any(child.key in nodes and child.key[0] == node[0] for child in graph.node_map[node].children)


def _check_tables(reader: Reader) -> None:
    """Exactly those that a backup of these migrations has: its manifest may say anything, and names go into statements."""
    ours = {table.name: set(table.columns) for table in tables(MigrationLoader(connection))}
    given = {name: set(part.columns) for name, part in reader.manifest.tables.items()}
    if odd := sorted(ours.keys() ^ given.keys()):
        raise BackupError(f"The tables of the backup do not match its migrations: see {odd[0]!r}.")
    for name, columns in ours.items():
        if given[name] != columns:
            raise BackupError(f"The table {name} has other columns in the backup.")


def _load(table: str, columns: list[str], reader: Reader, progress: Progress) -> None:
    sql.pour(table, columns, counted(_values(table, reader), progress))


def _values(table: str, reader: Reader) -> Iterator[list[Any]]:
    kinds = reader.manifest.tables[table].columns.values()
    hexadecimal = [place for place, kind in enumerate(kinds) if kind == "bytes"]
    for row in reader.rows(table):
        for place in hexadecimal:
            if row[place] is not None:
                row[place] = bytes.fromhex(row[place])
        yield row


def _hold_together() -> None:
    """Raises IntegrityError for a reference to nothing. PostgreSQL has nothing left to look at when tables change next."""
    connection.check_constraints()


def _count(reader: Reader) -> None:
    with connection.cursor() as cursor:
        for table, part in reader.manifest.tables.items():
            cursor.execute(f"SELECT COUNT(*) FROM {_quote(table)}")  # noqa: S608 - as above
            if (found := cursor.fetchone()[0]) != part.rows:
                raise BackupError(f"{table} has {found} rows instead of {part.rows}.")


def _leap() -> None:
    """No id comes again that may have been given out since the backup, nor after it was restored some other time."""
    leap = _LEAP + secrets.randbelow(_LEAP)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for table in _existing():
                for each in connection.introspection.get_sequences(cursor, table):
                    name, column = _quote(each["name"]), _quote(each["column"])
                    highest = f"SELECT COALESCE(MAX({column}), 0) FROM {_quote(table)}"  # noqa: S608 - as above
                    cursor.execute(
                        f"SELECT setval(%s, GREATEST(({highest}), last_value) + %s) FROM {name}",  # noqa: S608 - as above
                        [name, leap],
                    )
        else:
            cursor.execute("UPDATE sqlite_sequence SET seq = seq + %s", [leap])
            cursor.execute(
                "INSERT INTO sqlite_sequence (name, seq) SELECT name, %s FROM sqlite_master WHERE type = 'table' "
                "AND sql LIKE '%%AUTOINCREMENT%%' AND name NOT IN (SELECT name FROM sqlite_sequence)",
                [leap],
            )


def _invalidate_everybody() -> None:
    """Nobody goes on as who they were before: not for the half minute either that Redis remembers them."""
    for model in (Session, get_user_model()):
        if settings.ROW_CACHE_SECONDS and model._meta.db_table in _existing():  # noqa: SLF001 - documented
            invalidate_all(model, list(model._default_manager.values_list("pk", flat=True)))  # noqa: SLF001


def _quote(name: str) -> str:
    return connection.ops.quote_name(name)


def _first_line(problem: Exception) -> str:
    return str(problem).partition("\n")[0].rstrip(".") + "."
