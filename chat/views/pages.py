"""What every page has: who reads it, and the list of their rooms."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from chat.models import Member, Person, Room
from chat.release import keeps_pages, release
from chat.views.access import ChatRequest
from chat.views.places import Places, places_of
from chat.views.received import received_by


def page(
    request: ChatRequest,
    template: str,
    *,
    room: Room | None = None,
    places: Places | None = None,
    status: int = 200,
    **context: object,
) -> HttpResponse:
    """A page, or what a dialog shows of it; a dialog has no list of rooms. ``room`` is the one that it is about.

    Templates call it by ``label``: its name, or the other people of a direct conversation.
    """
    if places is None and not request.htmx:
        places = places_of(request.person, room.pk if room else None)
    known: dict[str, object] = {"me": request.person, "room": room, "places": places}
    known |= {"release": release(), "keeps_pages": keeps_pages()}
    if not request.htmx:
        known["invitations"] = received_by(request.person)
    if room is not None:
        known["label"] = (places and places.labels.get(room.pk)) or label_of(room, request.person)
    response = render(request, template, {**known, **context}, status=status)
    response["Chat-Release"] = release()
    return response


def keep_on_device(request: ChatRequest, response: HttpResponse) -> HttpResponse:
    """The service worker may keep this page for its person, though caches of browsers may not (docs/offline.md)."""
    if keeps_pages() and response.status_code == 200 and not request.htmx:
        response["Chat-Keep"] = str(request.person.pk)
    return response


def label_of(room: Room, person: Person) -> str:
    """One query for a direct conversation."""
    if room.kind != Room.Kind.DIRECT:
        return f"#{room.name}"
    others = (
        Member.objects.filter(room=room).exclude(person=person).order_by("person__display_name", "person")
    )
    names = others.values_list("person__display_name", flat=True)
    return ", ".join(name or _("Former member") for name in names)
