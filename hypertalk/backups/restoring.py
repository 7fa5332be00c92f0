"""Restore a backup, in one transaction: the workspace is either as it was or as in the backup, never in between."""

import secrets
from collections.abc import Collection, Iterator
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
from hypertalk.backups.refused import Looking, Value, clean, values
from hypertalk.backups.snapshot import PATIENT
from hypertalk.backups.tables import as_names, tables
from hypertalk.caching.row_cache import invalidate_all

# Rows that ``migrate`` creates: a database with only these counts as empty.
_BY_ITSELF = {"django_migrations", "django_content_type", "auth_permission"}
# Tables of this app have no rows in a backup. They keep this release's schema: they need no older one, and can't get it.
_STAYS = "django_tasks_database"
# How far each sequence is moved past its last value. An id that was given out after the backup may still be in a signed
# link or in a browser, and must not be reused. The smallest sequences, of 32 bits, have room for five hundred of these
# steps.
_LEAP = 1_000_000


def check_backup(reader: Reader) -> list[Value]:
    """Check that the backup is complete, and of this release or an older one. Uses no database. Raises BackupError.

    Returns the values with characters that a restore leaves out.
    """
    known = set(as_names(MigrationLoader(None).disk_migrations))
    if newer := sorted(set(reader.manifest.migrations) - known):
        raise BackupError(
            f"The backup is of a newer hypertalk (it has {', '.join(newer)}): upgrade this one first."
        )
    looking = Looking()
    reader.check(looking)
    return list(values(reader, looking.tables))


def what_is_there() -> str:
    """Return the name of a table that has rows already, or an empty string."""
    for table in _existing():
        if table not in _BY_ITSELF:
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT 1 FROM {_quote(table)} LIMIT 1")  # noqa: S608 - names of our own tables
                if cursor.fetchone():
                    return table
    return ""


def restore(reader: Reader, progress: Progress, *, replace: bool, refused: Collection[Value] = ()) -> None:
    """Replace all data with a verified backup. Raises BackupError, and then leaves the database unchanged.

    ``refused`` is what ``check_backup`` returned.
    """
    odd = {value.table for value in refused}
    check_files(reader, replace=replace)
    try:
        with _one_transaction():
            _invalidate_everybody()
            _empty()
            _migrate_to(reader.manifest.migrations)
            _check_references()
            _empty()  # migrations create rows, too
            _check_tables(reader)
            for name, part in reader.manifest.tables.items():
                rows = _values(name, reader, clean_them=name in odd)
                sql.bulk_copy(name, part.columns, counted(rows, progress))
            _check_references()
            _count(reader)
            _leap()
            call_command("migrate", interactive=False, verbosity=0)
            _leap()  # also for tables that are newer than the backup
            renew_numbers()
            restore_files(reader, replace=replace)
    except (InvalidMigrationPlan, IrreversibleError):
        raise BackupError(
            "This database can't be taken back to the backup's: restore into an empty one."
        ) from None
    except (ValueError, TypeError) as problem:  # checksums are correct, but the rows are invalid
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
def _one_transaction() -> Iterator[None]:
    """One transaction with deferred foreign keys."""
    with connection.constraint_checks_disabled(), transaction.atomic(durable=True):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(PATIENT)
        yield


def _existing() -> list[str]:
    return connection.introspection.django_table_names(only_existing=True, include_views=False)


def _empty() -> None:
    """The triggers of the audit log allow this: they refuse UPDATE, and DELETE of single rows."""
    if tables := sorted(set(_existing()) - {"django_migrations"}):
        connection.ops.execute_sql_flush(connection.ops.sql_flush(no_style(), tables))


def _migrate_to(wanted: list[str]) -> None:
    """Migrate to the backup's state; the tables here may be newer, or not exist."""
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
    """The backup must have exactly the tables and columns of its migrations: names from its manifest go into SQL."""
    ours = {table.name: set(table.columns) for table in tables(MigrationLoader(connection))}
    given = {name: set(part.columns) for name, part in reader.manifest.tables.items()}
    if odd := sorted(ours.keys() ^ given.keys()):
        raise BackupError(f"The tables of the backup do not match its migrations: see {odd[0]!r}.")
    for name, columns in ours.items():
        if given[name] != columns:
            raise BackupError(f"The table {name} has other columns in the backup.")


def _values(table: str, reader: Reader, *, clean_them: bool) -> Iterator[list[Any]]:
    columns = reader.manifest.tables[table].columns
    hexadecimal = [index for index, kind in enumerate(columns.values()) if kind == "bytes"]
    for row in reader.rows(table):
        if clean_them:
            clean(columns, row)
        for index in hexadecimal:
            if row[index] is not None:
                row[index] = bytes.fromhex(row[index])
        yield row


def _check_references() -> None:
    """Raises IntegrityError for a dangling reference. PostgreSQL then has no pending checks when tables change next."""
    connection.check_constraints()


def _count(reader: Reader) -> None:
    with connection.cursor() as cursor:
        for table, part in reader.manifest.tables.items():
            cursor.execute(f"SELECT COUNT(*) FROM {_quote(table)}")  # noqa: S608 - as above
            if (found := cursor.fetchone()[0]) != part.rows:
                raise BackupError(f"{table} has {found} rows instead of {part.rows}.")


def _leap() -> None:
    """Never reuse an id that may have been given out since the backup, or after an earlier restore of it."""
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
    """Log everybody out at once; the Redis cache would keep them signed in for another half minute."""
    for model in (Session, get_user_model()):
        if settings.ROW_CACHE_SECONDS and model._meta.db_table in _existing():  # noqa: SLF001 - documented
            invalidate_all(model, list(model._default_manager.values_list("pk", flat=True)))  # noqa: SLF001


def _quote(name: str) -> str:
    return connection.ops.quote_name(name)


def _first_line(problem: Exception) -> str:
    return str(problem).partition("\n")[0].rstrip(".") + "."
