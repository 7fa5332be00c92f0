"""Which tables are backed up, and how each value is written: the same on SQLite and PostgreSQL, so that a backup of one
can be restored into the other.

By column kind: ``uuid`` 32 hexadecimal digits, ``moment`` UTC as ``2026-11-21 14:00:00.500000``, ``flag`` 0 or 1,
``json`` its text, ``bytes`` hexadecimal, ``float`` and ``plain`` unchanged. Both databases accept all but ``bytes`` as
they are written.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.migrations.loader import MigrationLoader

from hypertalk.backups import BackupError

# Sessions and waiting jobs belong to the old machine, not to the workspace. Everybody signs in again after a restore, and no
# mail is sent a second time.
LEFT_OUT = {"sessions.Session", "usersessions.UserSession", "django_tasks_database.DBTaskResult"}

_PLAIN = """
AutoField BigAutoField SmallAutoField BigIntegerField IntegerField SmallIntegerField PositiveBigIntegerField
PositiveIntegerField PositiveSmallIntegerField CharField TextField SlugField FileField DateField GenericIPAddressField
"""
KINDS = dict.fromkeys(_PLAIN.split(), "plain") | {
    "UUIDField": "uuid",
    "DateTimeField": "moment",
    "BooleanField": "flag",
    "JSONField": "json",
    "BinaryField": "bytes",
    "FloatField": "float",
}
_POSTGRES = {
    "uuid": "replace({}::text, '-', '')",
    "moment": "replace(to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), '.000000', '')",
    "flag": "{}::int",
    "json": "{}::text",
    "bytes": "encode({}, 'hex')",
}
_SQLITE = {
    # SQLite's own clock writes three fractional digits of a second, Django six or none.
    "moment": (
        "replace(CASE WHEN length({0}) BETWEEN 21 AND 25 THEN {0} || substr('00000', 1, 26 - length({0})) "
        "ELSE {0} END, '.000000', '')"
    ),
    "bytes": "CASE WHEN {0} IS NOT NULL THEN lower(hex({0})) END",
    # SQLite's own JSON writes 15 digits of a float.
    "float": "CASE WHEN {0} IS NOT NULL THEN json(printf('%!.17g', {0})) END",
}


@dataclass(frozen=True, slots=True)
class Table:
    """``columns`` (name -> kind) is in the order of a row's values."""

    name: str
    columns: dict[str, str]

    def as_json(self) -> str:
        """A statement for the current database that returns one JSON array per row."""
        postgres = connection.vendor == "postgresql"
        forms, array = (_POSTGRES, "json_build_array") if postgres else (_SQLITE, "json_array")
        quote = connection.ops.quote_name
        values = ", ".join(
            forms.get(kind, "{}").format(quote(column)) for column, kind in self.columns.items()
        )
        return f"SELECT {array}({values}) FROM {quote(self.name)}"  # noqa: S608 - names of our own tables


def tables(loader: MigrationLoader) -> list[Table]:
    """The tables of the applied migrations, which may be older than the models. Raises BackupError."""
    applied = set(loader.applied_migrations)
    if unknown := applied - set(loader.disk_migrations):
        raise BackupError(f"The database is newer than this hypertalk: it has {_named(unknown)}.")
    if not applied:
        raise BackupError("The database has no tables yet: run manage.py migrate first.")
    state = loader.project_state(sorted(applied & set(loader.graph.nodes)))
    models = state.apps.get_models(include_auto_created=True)
    return [
        Table(str(options.db_table), {str(f.column): _kind(f) for f in options.local_concrete_fields})
        for options in (model._meta for model in models)  # noqa: SLF001 - documented
        if options.managed and not options.proxy and options.label not in LEFT_OUT
    ]


def as_names(migrations: Any) -> list[str]:
    """(app, name) -> ``app.name``, sorted, as in the manifest."""
    return sorted(f"{app}.{name}" for app, name in migrations)


def _named(migrations: Any) -> str:
    return ", ".join(as_names(migrations))


def _kind(field: Any) -> str:
    """A foreign key has the kind of the column it refers to."""
    while field.remote_field:
        field = field.target_field
    try:
        return KINDS[field.get_internal_type()]
    except KeyError:
        msg = (
            f"A backup has no form for {field.get_internal_type()} ({field.model._meta.label}.{field.name})."  # noqa: SLF001
        )
        raise BackupError(msg) from None
