"""The database: reachable, new enough, with the right encoding, and with the tables of this release."""

from collections.abc import Iterator
from typing import Any

import psycopg
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from hypertalk.doctor.findings import Finding, Options, failure, ok, warning
from hypertalk.doctor.postgres import postgres, value
from hypertalk.logs.errors import describe


def check(_options: Options) -> Iterator[Finding]:
    if connection.vendor == "postgresql":
        yield from _postgres()
    else:
        yield from _sqlite()


def _postgres() -> Iterator[Finding]:
    try:
        with postgres() as cursor:
            yield _version(cursor.connection.info.server_version // 10000)
            yield _encoding(str(value(cursor, "SHOW server_encoding")))
            yield from _letters(cursor)
            yield from _connections(cursor)
            yield _kept(cursor)
    except psycopg.OperationalError as error:
        yield failure(
            "database.reachable", f"PostgreSQL can't be used: {_reason(error)}.", _remedy(str(error))
        )


def _reason(error: Exception) -> str:
    """The last error of the server or the network, in one line, as libpq reports it."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip() and not line.startswith("\t")]
    last = lines[0] if lines else describe(error)
    return last.rpartition("FATAL:")[2].strip().rstrip(".") or last


def _remedy(text: str) -> str:
    if "password authentication" in text or "no password supplied" in text:
        return "Correct the user and password in DATABASE_URL."
    if "does not exist" in text:
        return (
            "Create the role and database that DATABASE_URL names: "
            "CREATE ROLE …; CREATE DATABASE … OWNER … ENCODING 'UTF8' TEMPLATE template0."
        )
    if "too many" in text or "remaining connection slots" in text:
        return "Lower DATABASE_POOL_MAX, or raise max_connections of PostgreSQL."
    return (
        "Check that PostgreSQL runs, that DATABASE_URL has its host and port, and that no firewall blocks it."
    )


def _version(major: int) -> Finding:
    least = connection.features.minimum_database_version
    if least and major < least[0]:
        return failure(
            "database.version",
            f"PostgreSQL {major} is too old: {least[0]} or newer is needed.",
            "Upgrade PostgreSQL.",
        )
    return ok("database.version", f"PostgreSQL {major} answers.")


def _encoding(encoding: str) -> Finding:
    if encoding == "UTF8":
        return ok("database.encoding", "The database encoding is UTF-8.")
    return failure(
        "database.encoding",
        f"The database encoding is {encoding}: characters are counted as bytes or refused.",
        "Back up, create a database with ENCODING 'UTF8' TEMPLATE template0, and restore into it.",
    )


def _letters(cursor: psycopg.Cursor[Any]) -> Iterator[Finding]:
    """In the locale C a search for "иван" does not find "Иван"."""
    name = "database.letters"
    try:
        found = value(cursor, "SELECT lower('Ж') = 'ж' AND upper('é') = 'É'")
    except psycopg.Error:
        found = False
    if found:
        yield ok(name, "The database's locale handles letters of all languages.")
    else:
        yield warning(
            name,
            "The database's locale handles English letters only: search fails for names in other languages.",
            "Create the database with LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' (PostgreSQL 17 or newer), or "
            "LC_CTYPE 'C.UTF-8', and restore into it.",
        )


def _connections(cursor: psycopg.Cursor[Any]) -> Iterator[Finding]:
    most = int(value(cursor, "SHOW max_connections"))
    pool = connection.settings_dict["OPTIONS"].get("pool")
    each = pool.get("max_size", 4) if isinstance(pool, dict) else 4
    name = "database.connections"
    fits = (most - 5) // each  # some are reserved by PostgreSQL, one is for an operator's psql
    if fits < 1:
        yield failure(
            name,
            f"A process can open {each} connections, but PostgreSQL allows only {most} in total.",
            "Lower DATABASE_POOL_MAX, or raise max_connections of PostgreSQL.",
        )
    else:
        yield ok(name, f"PostgreSQL allows connections for {fits} server processes.")


def _kept(cursor: psycopg.Cursor[Any]) -> Finding:
    """Whether committed data is on the disk, as in PostgreSQL's defaults."""
    names = ("fsync", "full_page_writes", "synchronous_commit")
    off = [name for name in names if value(cursor, f"SHOW {name}") == "off"]
    if not off:
        return ok("database.kept", "Messages are on disk before they are acknowledged.")
    return warning(
        "database.kept",
        f"PostgreSQL runs with {' and '.join(off)} off: a power failure can lose messages that were shown as sent.",
        f"In postgresql.conf: {', '.join(f'{name} = on' for name in off)}. Then reload PostgreSQL.",
    )


def _sqlite() -> Iterator[Finding]:
    try:
        with connection.cursor() as cursor:
            mode = str(cursor.execute("PRAGMA journal_mode").fetchone()[0])
            version = str(cursor.execute("SELECT sqlite_version()").fetchone()[0])
            cursor.execute("BEGIN IMMEDIATE")  # the one lock that writes take
            cursor.execute("ROLLBACK")
    except DatabaseError as error:
        yield failure(
            "database.reachable",
            f"SQLite can't open its file: {_reason(error)}.",
            "Check that the user that runs hypertalk owns the file of DATABASE_URL and its folder, that the disk is not "
            "full, and that the file is a database; if it is broken, restore a backup.",
        )
        return
    yield ok("database.version", f"SQLite {version} reads and writes.")
    if mode != "wal":
        yield warning(
            "database.journal",
            f"SQLite's journal is {mode}: readers wait for writers.",
            "Keep the database on a local disk, not on a network disk.",
        )


def check_migrations(_options: Options) -> Iterator[Finding]:
    name = "database.migrations"
    try:
        if connection.vendor == "postgresql":
            with postgres():
                pass  # otherwise the pool would retry for long
        executor = MigrationExecutor(connection)
        known = executor.loader.graph.nodes.keys()
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
        newer = sorted(set(executor.loader.applied_migrations) - known)
    except (DatabaseError, psycopg.Error):
        return  # reported by the check above
    finally:
        connection.close()
    ours = {app for app, _ in known}
    newer = [key for key in newer if key[0] in ours]
    if missing:
        first = missing[0][0]
        yield failure(
            name,
            f"{len(missing)} migrations are not applied; the first is {first.app_label} {first.name}.",
            "Back up, then run manage.py migrate.",
        )
    elif newer:
        yield failure(
            name,
            f"The database was migrated by a newer release ({newer[-1][0]} {newer[-1][1]}).",
            "Install that release again, or roll back as docs/deploying.md says.",
        )
    else:
        yield ok(name, "All migrations are applied.")
