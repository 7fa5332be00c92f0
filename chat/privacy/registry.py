"""What is kept about people: each kind is registered once, by the feature that keeps it.

The export (``export.py``) and leaving (``actions/leaving.py``) go through all of them. A foreign key to a person that no
kind names fails a test, so that none is forgotten.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from chat.events.types import Event
from chat.models import Person, Room

ROWS = 500  # of many that are exported, read at a time

type Row = dict[str, Any]
# One object, or a list of them, written as JSON; or a file as it is; None for no file.
type Content = Row | Iterable[Row] | bytes | None


@dataclass(frozen=True, slots=True)
class PersonalData:
    """``references``: the fields by which rows of this kind refer to people, like ``Report.reporter``.

    ``export`` makes the content of ``file``, in a number of queries that does not grow with it.
    ``erase`` is called in the transaction in which the person leaves, with their rooms locked; it deletes or empties what is
    theirs, and returns the events to publish. ``erase_in_room`` does that when they
    leave one room, under its lock. ``stays``: what is left when they have left, and why.
    """

    references: tuple[str, ...] = ()
    file: str = ""
    export: Callable[[Person], Content] | None = None
    erase: Callable[[Person], Iterable[Event]] | None = None
    erase_in_room: Callable[[Person, Room], object] | None = None
    stays: str = ""

    def __post_init__(self) -> None:
        if bool(self.file) != bool(self.export):
            raise TypeError("A file of the export needs what makes it, and the other way round.")
        if not (self.erase or self.stays):
            raise TypeError("Say what is erased when the person leaves, or why it stays.")


# By name, in the order of the export.
PERSONAL_DATA: dict[str, PersonalData] = {}


def register(name: str, kind: PersonalData) -> None:
    """Raises ValueError for a name, or a file, that is taken."""
    files = {other.file for other in PERSONAL_DATA.values() if other.file}
    if name in PERSONAL_DATA or kind.file in files:
        raise ValueError(f"{name} is registered already, or has the file of another kind.")
    PERSONAL_DATA[name] = kind
