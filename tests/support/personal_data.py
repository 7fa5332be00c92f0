"""Tests of personal data: each kind has a test case.

A case is a file ``personal_*.py`` beside the tests of the feature. It has the ``KIND`` that it tests, and

- ``arrange(world)``: give Bob and Alice some of this data; Alice's contains ``OTHERS``;
- ``check_export(world, found)``, for a kind with a file: check Bob's file;
- ``check_left(world)``: check what remains after Bob has left.
"""

import json
from dataclasses import dataclass
from importlib import import_module
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any
from zipfile import ZipFile

from django.test import Client

from chat.models import Person, Room

ROOT = Path(__file__).parents[2]
OTHERS = "words of Alice"


@dataclass(frozen=True, slots=True)
class World:
    """``room`` is a closed one of Alice (owner) and Bob."""

    alice: Person
    bob: Person
    room: Room


def cases() -> dict[str, ModuleType]:
    """By kind."""
    files = sorted(ROOT.glob("tests/**/personal_*.py"))
    names = (
        ".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files if file != Path(__file__)
    )
    modules = [import_module(name) for name in names]
    found = {module.KIND: module for module in modules}
    assert len(found) == len(modules), "two cases are about the same kind"
    return found


def exported(client: Client) -> dict[str, Any]:
    """The files of a person's export, by name."""
    answer = client.post("/profile/export/")
    assert answer.status_code == 200
    with ZipFile(BytesIO(answer.getvalue())) as archive:
        assert archive.testzip() is None
        return {
            name: json.loads(archive.read(name)) if name.endswith(".json") else archive.read(name)
            for name in archive.namelist()
        }
