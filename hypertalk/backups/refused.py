"""Characters that a database refuses, in a backup: NUL and halves of surrogate pairs, in text and in JSON.

SQLite keeps some of them, and older releases let them in. A restore leaves them out, into either database, so that both
have the same workspace afterwards: as in ``chat.text``, NUL is removed and half a pair becomes U+FFFD. Numbers that JSON
does not have (NaN, Infinity) become null.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chat.text.characters import SURROGATES
from hypertalk.backups import BackupError
from hypertalk.backups.archive import Reader

_REFUSED = re.compile(r"[\x00\ud800-\udfff]")
_REPLACED = str.maketrans({"\0": None, **dict.fromkeys(SURROGATES, "\ufffd")})
# A table without these bytes has none of them: JSON escapes them, also in text that is JSON itself.
_ESCAPE = b"\\u"


@dataclass(frozen=True, slots=True)
class Value:
    """Where one is. ``row`` is the value of the row's first column, its id."""

    table: str
    row: object
    column: str
    refused: str

    def __str__(self) -> str:
        return f"{self.table} {self.row}: {self.column} has {self.refused}"


class Looking:
    """Notes while a backup is read which of its tables may have such characters."""

    def __init__(self) -> None:
        self.tables: set[str] = set()

    def __call__(self, table: str, piece: bytes) -> None:
        if _ESCAPE in piece or piece.endswith(_ESCAPE[:1]):  # the escape may go on in the next piece
            self.tables.add(table)


def values(reader: Reader, tables: set[str]) -> Iterator[Value]:
    """All of them in these tables, and in those with JSON. Raises BackupError for rows that can't be read."""
    for table, part in reader.manifest.tables.items():
        if table not in tables and "json" not in part.columns.values():
            continue
        try:
            for row in reader.rows(table):
                refused = clean(part.columns, row)
                yield from (Value(table, row[0], column, what) for column, what in refused.items())
        except (ValueError, TypeError, IndexError) as problem:
            raise BackupError(f"The backup has rows of {table} that can't be read: {problem}.") from None


def clean(columns: Mapping[str, str], row: list[Any]) -> dict[str, str]:
    """Leave them out of a row. Returns the changed columns, each with what it had: ``columns`` is name -> kind."""
    changed = {}
    for index, ((name, kind), value) in enumerate(zip(columns.items(), row, strict=True)):
        if not isinstance(value, str):
            continue
        text, refused = _json(value) if kind == "json" else (value, set[str]())
        refused |= set(_REFUSED.findall(text))
        if refused:
            row[index] = text.translate(_REPLACED)
            changed[name] = ", ".join(sorted(map(_named, refused)))
    return changed


def _json(text: str) -> tuple[str, set[str]]:
    """The text without them, and those that it had."""
    if not any(sign in text for sign in ("\\u", "NaN", "Infinity")):
        return text, set()
    refused: list[str] = []
    content = _cleaned(json.loads(text, parse_constant=refused.append), refused)
    return (json.dumps(content) if refused else text), set(refused)


def _cleaned(content: Any, refused: list[str]) -> Any:
    if isinstance(content, str):
        refused += _REFUSED.findall(content)
        return content.translate(_REPLACED)
    if isinstance(content, list):
        return [_cleaned(each, refused) for each in content]
    if isinstance(content, dict):
        return {_cleaned(name, refused): _cleaned(each, refused) for name, each in content.items()}
    return content


def _named(refused: str) -> str:
    return f"U+{ord(refused):04X}" if len(refused) == 1 else refused
