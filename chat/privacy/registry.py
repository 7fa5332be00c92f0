"""The registry of personal data: each kind is registered once, by the feature that stores it.

The export (``export.py``) and account deletion (``actions/leaving.py``) go through all kinds. A foreign key to a person
that no kind names fails a test, so that none is overlooked.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from chat.events.types import Event
from chat.models import Person, Room

ROWS = 500  # read at a time by exports of many rows

type Row = dict[str, Any]
# An object or a list of objects, written as JSON; or the bytes of a file; None for no file.
type Content = Row | Iterable[Row] | bytes | None


@dataclass(frozen=True, slots=True)
class PersonalData:
    """``references``: the foreign keys of this kind's rows to people, like ``Report.reporter``.

    ``export`` makes the content of ``file``, in a constant number of queries. ``erase`` runs in the transaction in which
    the person deletes their account, with their rooms locked; it deletes or empties their data and returns the events to
    publish. ``erase_in_room`` does the same when they leave one room, under its lock. ``stays``: what remains after the
    account is deleted, and why.
    """

    references: tuple[str, ...] = ()
    file: str = ""
    export: Callable[[Person], Content] | None = None
    erase: Callable[[Person], Iterable[Event]] | None = None
    erase_in_room: Callable[[Person, Room], object] | None = None
    stays: str = ""

    def __post_init__(self) -> None:
        if bool(self.file) != bool(self.export):
            raise TypeError("Give both file and export, or neither.")
        if not (self.erase or self.stays):
            raise TypeError("Give erase, or say in stays why the data remains.")


# By name, in the order of the export.
PERSONAL_DATA: dict[str, PersonalData] = {}


def register_personal_data(name: str, kind: PersonalData) -> None:
    """Raises ValueError if the name or the file is already registered."""
    files = {other.file for other in PERSONAL_DATA.values() if other.file}
    if name in PERSONAL_DATA or kind.file in files:
        raise ValueError(f"{name} is already registered, or its file is.")
    PERSONAL_DATA[name] = kind
