"""Saving drafts. They take no room version and no lock: a draft concerns one person only."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from chat.db.clock import clock
from chat.errors import Invalid, NotFound
from chat.events.draft_events import DraftChanged
from chat.events.publishing import publish
from chat.events.types import Event
from chat.limits import allow, register_limit
from chat.models import Draft, Member, Person, Room
from chat.models.draft import state_of
from chat.models.message import BODY_LIMIT
from chat.privacy.registry import ROWS, PersonalData, Row, register_personal_data
from chat.text.markup import clean

OLDEST = timedelta(days=365)
LEAST = timedelta(microseconds=1)  # between two states of a draft

register_limit("draft", 120, 60)


def clear_draft(person: Person, room_id: UUID) -> None:
    """Delete the draft, because it was sent. One query."""
    gone, _rows = Draft.objects.filter(person=person, room=room_id).delete()
    if gone:
        publish(DraftChanged(person.pk, room_id, ""))


@dataclass(frozen=True, slots=True)
class Drafted:
    """The stored draft and its ``state``, empty for none. ``older``: the different text that lost.

    ``taken``: the submitted text won; otherwise ``older`` is the submitted text.
    """

    body: str
    state: str
    older: str = ""
    taken: bool = True


def save_draft(person: Person, room_id: UUID, body: str, *, based_on: str = "", age: timedelta) -> Drafted:
    """Store text typed ``age`` ago on a device that last saw the state ``based_on``; blank text deletes the draft.

    If two devices did not know of each other, the later typing wins. Raises NotFound, Invalid and Limited. Three
    queries.
    """
    body = clean(body)
    if len(body) > BODY_LIMIT:
        raise Invalid(_("This draft is too long to sync to your other devices."))
    allow("draft", person.pk)
    if not Member.objects.current().filter(room=room_id, person=person).exists():
        raise NotFound
    typed_at = clock.now() - min(max(age, timedelta()), OLDEST)
    with transaction.atomic():
        rows = Draft.objects.select_for_update(no_key=True).filter(person=person, room=room_id)
        stored = rows.first()
        known = stored is None or state_of(stored.typed_at) == based_on or stored.body == body
        if stored and not known and stored.typed_at > typed_at:
            return Drafted(stored.body, state_of(stored.typed_at), body if body.strip() else "", taken=False)
        older = "" if known or not stored else stored.body
        if not body.strip():
            saved = Drafted("", "", older)
            rows.delete()
        else:
            if stored:
                typed_at = max(typed_at, stored.typed_at + LEAST)
            Draft.objects.bulk_create(
                [Draft(person=person, room_id=room_id, body=body, typed_at=typed_at)],
                update_conflicts=True,  # another device may have inserted one first
                unique_fields=["person", "room"],
                update_fields=["body", "typed_at"],
            )
            saved = Drafted(body, state_of(typed_at), older)
        if stored or saved.state:
            publish(DraftChanged(person.pk, room_id, saved.state))
    return saved


def _export(person: Person) -> Iterator[Row]:
    for draft in Draft.objects.filter(person=person).order_by("typed_at", "pk").iterator(ROWS):
        yield {"room": draft.room_id, "text": draft.body, "typed": draft.typed_at}


def _erase(person: Person) -> list[Event]:
    Draft.objects.filter(person=person).delete()
    return []


def _erase_in_room(person: Person, room: Room) -> None:
    """The leaving person's own device still has the text."""
    Draft.objects.filter(person=person, room=room).delete()


register_personal_data(
    "drafts",
    PersonalData(
        references=("Draft.person",),
        file="drafts.json",
        export=_export,
        erase=_erase,
        erase_in_room=_erase_in_room,
    ),
)
