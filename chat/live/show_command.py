"""``{"type": "show", "room": uuid or null}``: the page shows another room from now on, or none.

The answer is a beat. Its room is null where the person may not hear of the room.
"""

from dataclasses import dataclass
from typing import Any, override
from uuid import UUID

from chat.live.commands import Command, register_command
from chat.live.hub import current_hub


@dataclass(frozen=True, slots=True)
class Show:
    room: str | None


@register_command
class ShowCommand(Command[Show]):
    type = "show"
    needs_room = False

    @classmethod
    @override
    def parse(cls, frame: dict[str, Any]) -> Show | None:
        match frame:
            case {"room": None}:
                return Show(None)
            case {"room": str(room)}:
                return Show(str(UUID(room)))
        return None

    @classmethod
    @override
    def limit(cls) -> int:
        """Far above what a held key does: thirty rooms a second."""
        return 300

    @override
    def run(self, value: Show) -> None:
        current_hub().show(self.client.connection, value.room)
