"""Models loaded by SQL by hand: what is selected and how it is read come from one list, in the order of the model's fields.

A column that is left out, and read nevertheless, is a hidden query, under a lock perhaps. So whoever can takes all of them.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection
from django.db.models import DateTimeField, Field, Model, UUIDField

from chat.db import sql


class Columns[M: Model]:
    """Of a model, all or those with these names.

    ``select`` is for a statement in which the model's table is called ``table``: ``r."id", r."name" ...``
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


def _reader(field: "Field[Any, Any]") -> Callable[[Any], Any] | None:
    """For what SQLite keeps otherwise than Python does."""
    if isinstance(field, UUIDField):
        return sql.as_uuid
    return sql.as_moment_or_none if isinstance(field, DateTimeField) else None
