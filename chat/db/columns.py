"""What hand-written SQL selects and how it is read: one list, so that each column is named once.

``Columns`` are those of a model. Reading one that was not selected is a hidden query, perhaps under a lock, so select all
of them where possible. A ``Selection`` is of anything else, and features add to it.
"""

from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any

from django.db import connection
from django.db.models import DateTimeField, Field, Model, UUIDField

from chat.db import sql

type Reader = Callable[..., Any]


class Columns[M: Model]:
    """All columns of a model, or those with these names.

    ``select`` is for a statement in which the model's table has the alias ``table``: ``r."id", r."name" ...``
    """

    def __init__(self, model: type[M], table: str, *names: str) -> None:
        fields = [field for field in model._meta.concrete_fields if not names or field.attname in names]  # noqa: SLF001 - documented
        self.select = ", ".join(f'{table}."{field.column}"' for field in fields)
        self._model = model
        self._names = [field.attname for field in fields]
        found = ((position, _reader(field)) for position, field in enumerate(fields))
        self._readers = [(position, read) for position, read in found if read]

    def __len__(self) -> int:
        return len(self._names)

    def read(self, row: Sequence[Any]) -> M:
        """The instance, from as many values as there are columns."""
        values = list(row)
        for position, read in self._readers:
            values[position] = read(values[position])
        return self._model.from_db(connection.alias, self._names, values)


def _reader(field: "Field[Any, Any]") -> Reader | None:
    """Converters for types that SQLite stores differently from Python."""
    if isinstance(field, UUIDField):
        return sql.as_uuid
    return sql.as_moment_or_none if isinstance(field, DateTimeField) else None


class Column:
    """``selected``: one or more SQL expressions, which ``read`` turns into one value; None if it needs no conversion.

    ``join`` adds a table, and must not multiply the rows.
    """

    def __init__(self, *selected: str, read: Reader | None = None, join: str = "") -> None:
        self.selected, self.read, self.join = selected, read, join


class Selection:
    """Columns of one statement: its ``own``, and those that features add by name."""

    def __init__(self, *own: Column) -> None:
        self._own = own
        self._added: dict[str, Column] = {}
        self._compose()

    def add(self, name: str, column: Column) -> None:
        if name in self._added:
            raise ValueError(f"a column of this name exists: {name}")
        self._added[name] = column
        self._compose()

    def remove(self, name: str) -> None:
        del self._added[name]
        self._compose()

    @property
    def names(self) -> list[str]:
        """Of the added ones."""
        return list(self._added)

    def clauses(self) -> dict[str, str]:
        """Values for the statement's ``{columns}`` and ``{joins}``."""
        return {"columns": sql.named(self._columns), "joins": sql.named(self._joins)}

    def read(self, found: Sequence[Any]) -> tuple[list[Any], dict[str, Any]]:
        """The own values, and the added ones by name."""
        values = [found[at] if read is None else read(*found[at:end]) for at, end, read in self._spans]
        own = len(self._own)
        return values[:own], dict(zip(self._added, values[own:], strict=True))

    def _compose(self) -> None:
        columns = [*self._own, *self._added.values()]
        self._columns = ", ".join(expression for column in columns for expression in column.selected)
        self._joins = "\n".join(dict.fromkeys(column.join for column in columns if column.join))
        ends = list(accumulate(len(column.selected) for column in columns))
        self._spans = [
            (at, end, column.read) for at, end, column in zip([0, *ends], ends, columns, strict=False)
        ]
