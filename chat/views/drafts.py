"""Drafts of a room, synced across a person's devices."""

from datetime import timedelta
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_http_methods

from chat.actions.drafting import save_draft
from chat.models import Draft
from chat.models.draft import state_of
from chat.views.access import ChatRequest, get_member, signed_in, whole_number


@require_http_methods(["GET", "POST"])
@signed_in
def draft(request: ChatRequest, room_id: UUID) -> HttpResponse:
    """GET: ``body`` and ``state``. POST: ``body``, ``age`` (milliseconds since typing) and ``based_on`` (last known
    state).

    POST responds with the stored draft and the text that lost, ``older``; 409 if that is the submitted text.
    """
    if request.method == "POST":
        age = timedelta(milliseconds=min(whole_number(request.POST.get("age", "0")), 10**11))
        body, based_on = request.POST.get("body", ""), request.POST.get("based_on", "")
        saved = save_draft(request.person, room_id, body, based_on=based_on, age=age)
        data = {"body": saved.body, "state": saved.state, "older": saved.older}
        return JsonResponse(data, status=200 if saved.taken else 409)
    member = get_member(request, room_id)
    found = Draft.objects.filter(person=request.person, room=member.room).first()
    return JsonResponse(
        {"body": found.body, "state": state_of(found.typed_at)} if found else {"body": "", "state": ""}
    )
