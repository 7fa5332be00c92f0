"""The room that a person was in last, which they are in again after signing in.

The page's script stores it in a cookie (``static/js/sidebar/last-room.js``). A project that knows it from elsewhere puts
it into the session (``remember_room``), as this one does for people who signed out.
"""

from collections.abc import Collection
from uuid import UUID

from django.db.models import F
from django.http import HttpRequest

from chat.models import Message, Person

COOKIE = "chat_room"  # "{id of the person}.{id of the room}"
SESSION_KEY = "chat_room"


def remember_room(request: HttpRequest, room_id: UUID) -> None:
    request.session[SESSION_KEY] = str(room_id)


def remembered_room(request: HttpRequest, person: Person) -> UUID | None:
    """What the browser knows, else what the session knows. The person may have left the room since. No query."""
    whose, _, cookie = request.COOKIES.get(COOKIE, "").partition(".")
    found = cookie if whose == str(person.pk) else request.session.get(SESSION_KEY, "")
    try:
        return UUID(found)
    except ValueError:
        return None


def last_room(request: HttpRequest, person: Person, rooms: Collection[UUID]) -> UUID | None:
    """One of these rooms, which are the person's. If nobody remembers it, the one that has the newest message that they
    read. One query at most.
    """
    remembered = remembered_room(request, person)
    if remembered in rooms:
        return remembered
    read = Message.objects.filter(
        room__members__person=person, room__members__active=True, seq=F("room__members__read_seq")
    )
    newest = read.order_by("-created_at").values_list("room_id", flat=True).first()
    return newest if newest in rooms else None
