"""The socket's heartbeat over HTTP, for networks that block sockets."""

import hashlib
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from chat.errors import Invalid
from chat.limits import allow
from chat.live import access
from chat.views.access import ChatRequest, signed_in


@require_GET
@signed_in
def beat(request: ChatRequest) -> HttpResponse:
    """The first beat of a socket that shows ``room`` (optional); 304 if it matches ``If-None-Match``.

    One query, for any number of rooms.
    """
    allow("beat", request.person.pk)
    given = request.GET.get("room", "")
    try:
        shown = str(UUID(given)) if given else None
    except ValueError:
        raise Invalid(_("A room's id must be a UUID.")) from None
    rooms = access.rooms_of([request.person.pk]).get(request.person.pk, {})
    answer = JsonResponse(
        {
            "type": "beat",
            "room": shown,
            "version": rooms[shown].version if shown in rooms else None,
            "person": request.person.version,
            "rooms": {room: [state.version, state.last_seq] for room, state in sorted(rooms.items())},
        }
    )
    answer["ETag"] = f'"{hashlib.sha256(answer.content).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == answer["ETag"]:
        answer.status_code, answer.content = 304, b""
    return answer
