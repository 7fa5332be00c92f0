"""What the page of a room is put together from: each part adds a statement to the page's one journey to the database."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from chat.db import sql
from chat.models import Person, Room

_IS_MEMBER = "EXISTS (SELECT 1 FROM {current} mine WHERE mine.room_id = %s AND mine.person_id = %s)"


def is_member(room_id: UUID, person: Person) -> tuple[str, list[Any]]:
    """A condition for statements by hand, and its values: whether the person is in the room now."""
    return sql.named(_IS_MEMBER), [sql.key(room_id), person.pk]


class PagePart(ABC):
    """A feature's part of the room's page.

    ``section`` is a template that the page shows in the room's details; empty where there is nothing to show there.
    """

    section: ClassVar[str] = ""

    @abstractmethod
    def page_statement(self, room_id: UUID, person: Person) -> sql.Statement:
        """What the page asks for this part. It asks ``is_member`` by itself: nothing that was committed after a removal
        may slip in between two statements.
        """

    @abstractmethod
    def page_context(
        self, room: Room, person: Person, found: Sequence[Sequence[Any]]
    ) -> Mapping[str, object]:
        """Values for the page's templates, from what the statement found. No query for what was rendered before."""


PAGE_PARTS: list[PagePart] = []
