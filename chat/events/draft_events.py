"""Events of drafts."""

from dataclasses import dataclass
from uuid import UUID

from chat.events.compatibility import older
from chat.events.envelope import Envelope
from chat.events.types import Event, latest_envelope


@dataclass(frozen=True, slots=True)
class DraftChanged(Event):
    """The person's draft in a room changed. ``state`` identifies it, empty for none. Their pages fetch the text."""

    person_id: int
    room_id: UUID
    state: str

    def to_envelope(self) -> Envelope:
        envelope = latest_envelope("draft", self.person_id, self.room_id, state=self.state)
        return older(envelope, person=self.person_id, state=self.state)
