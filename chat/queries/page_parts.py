"""The parts of a room's page. Each adds a statement to the page's one database round trip."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from chat.db import sql
from chat.models import Person, Room

_IS_MEMBER = "EXISTS (SELECT 1 FROM {current} mine WHERE mine.room_id = %s AND mine.person_id = %s)"


def is_member(room_id: UUID, person: Person) -> tuple[str, list[Any]]:
    """An SQL condition and its values: whether the person is in the room now."""
    return sql.named(_IS_MEMBER), [sql.key(room_id), person.pk]


class PagePart(ABC):
    """A feature's part of the room's page.

    ``section`` is a template shown in the room's details; empty for none.
    """

    section: ClassVar[str] = ""

    @abstractmethod
    def page_statement(self, room_id: UUID, person: Person) -> sql.Statement:
        """The part's statement. It must check ``is_member`` itself: nothing committed after a removal may slip in
        between.
        """

    @abstractmethod
    def page_context(
        self, room: Room, person: Person, found: Sequence[Sequence[Any]]
    ) -> Mapping[str, object]:
        """Context for the page's templates, from the rows of the statement. No query for cached fragments."""


PAGE_PARTS: list[PagePart] = []


def register_page_part(part: PagePart) -> None:
    """A kind of row that is a part too is registered with ``register_row_kind`` alone."""
    PAGE_PARTS.append(part)
