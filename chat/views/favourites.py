"""A person's preferences for their list of rooms: muted, favourite, order."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from chat import actions
from chat.errors import Invalid
from chat.models import Member
from chat.queries.room_list import room_list_of
from chat.views.access import ChatRequest, signed_in
from chat.views.pages import page


@require_POST
@signed_in
def mute(request: ChatRequest, room_id: UUID) -> HttpResponse:
    """``muted``: empty for no."""
    actions.set_muted(request.person, room_id, bool(request.POST.get("muted")))
    return _done(request, "chat:room", room_id)


@require_POST
@signed_in
def favour(request: ChatRequest, room_id: UUID) -> HttpResponse:
    """``favourite``: empty for no."""
    actions.set_favourite(request.person, room_id, bool(request.POST.get("favourite")))
    return _done(request, "chat:room", room_id)


@require_POST
@signed_in
def order(request: ChatRequest) -> HttpResponse:
    """``order`` of the rooms: by name, or by activity."""
    actions.order_rooms(request.person, request.POST.get("order", ""))
    return _done(request, "chat:rooms")


@require_http_methods(["GET", "POST"])
@signed_in
def favourites(request: ChatRequest) -> HttpResponse:
    """The favourites, to reorder them. POST: ``order``, all their ids; ``up`` or ``down`` moves one of them."""
    if request.method == "POST":
        wanted = [_room_id(word) for word in request.POST.get("order", "").split()]
        for name, by in (("up", -1), ("down", 1)):
            if name in request.POST:
                wanted = _moved(wanted, _room_id(request.POST[name]), by)
        actions.order_favourites(request.person, wanted)
        return _done(request, "chat:favourites")
    mine = Member.objects.current().filter(person=request.person, favourite__isnull=False)
    room_list = room_list_of(request.person)
    ids = mine.order_by("favourite", "room__name", "room").values_list("room", flat=True)
    rows = [(room_id, room_list.labels[room_id]) for room_id in ids if room_id in room_list.labels]
    return page(
        request,
        "chat/sidebar/favourites.html",
        room_list=room_list,
        rows=rows,
        order=" ".join(str(room_id) for room_id, _label in rows),
    )


def _moved(order: list[UUID], room_id: UUID, by: int) -> list[UUID]:
    """Move by one step. The first can't go up, and the last can't go down."""
    if room_id not in order:
        return order
    rest = [each for each in order if each != room_id]
    rest.insert(max(0, order.index(room_id) + by), room_id)
    return rest


def _room_id(word: str) -> UUID:
    try:
        return UUID(word)
    except ValueError as error:
        raise Invalid(_("This list of rooms is not valid.")) from error


def _done(request: ChatRequest, name: str, *args: object) -> HttpResponse:
    """For scripts only the trigger that their room list changed: the socket says so too, but may be down."""
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Trigger": "rooms-changed"})
    return redirect(name, *args)
