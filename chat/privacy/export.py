"""A person's data export (docs/export.md): a ZIP of JSON files, written with few rows in memory at a time."""

import json
from collections.abc import Iterable
from tempfile import TemporaryFile
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

from django.core.serializers.json import DjangoJSONEncoder

from chat.models import Person
from chat.privacy.registry import PERSONAL_DATA, Content, Row


def export_of(person: Person) -> IO[bytes]:
    """Returns an open file, deleted when closed. A constant number of queries per kind of data, and little memory."""
    file = TemporaryFile()  # noqa: SIM115 - the response reads and closes it
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for kind in PERSONAL_DATA.values():
            if kind.export:
                _add(archive, kind.file, kind.export(person))
    file.seek(0)
    return file


def _add(archive: ZipFile, name: str, content: Content) -> None:
    if isinstance(content, bytes):
        archive.writestr(name, content)
    elif isinstance(content, dict):
        archive.writestr(name, _json(content))
    elif content is not None:
        _write(archive, name, content)


def _write(archive: ZipFile, name: str, rows: Iterable[Row]) -> None:
    """A JSON list, one line per row."""
    with archive.open(name, "w", force_zip64=True) as entry:
        between = "[\n"
        for row in rows:
            entry.write((between + _json(row)).encode())
            between = ",\n"
        entry.write(b"[]\n" if between == "[\n" else b"\n]\n")


def _json(row: Row) -> str:
    return json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False)
