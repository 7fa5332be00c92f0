"""What every page has: who reads it, and the list of their rooms."""

from django.http import HttpResponse
from django.shortcuts import render

from chat.models import Room
from chat.views.access import ChatRequest
from chat.views.places import places_html


def page(
    request: ChatRequest, template: str, *, room: Room | None = None, status: int = 200, **context: object
) -> HttpResponse:
    """A page, or what a dialog shows of it; a dialog has no list of rooms. ``room`` is the one that it is about."""
    known: dict[str, object] = {"me": request.person, "room": room}
    if not request.htmx and "places" not in context:
        known["places"] = places_html(request.person, room.pk if room else None)
    return render(request, template, {**known, **context}, status=status)
