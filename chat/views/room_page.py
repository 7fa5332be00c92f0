"""The page of a room, whole or in parts for a page that shows another room."""

from datetime import UTC
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET

from chat.errors import NotFound
from chat.forms import SLOW_WORDS
from chat.models import Member, Room
from chat.queries.room_list import render_room_list, room_list_statements
from chat.queries.room_page import RoomPage, load_room_page
from chat.views.access import ChatRequest, signed_in
from chat.views.pages import allow_offline_copy, page
from chat.views.pagination import (
    NEWEST,
    RequestedRange,
    first_since,
    message_url,
    moment_of,
    requested_range,
    words_for_day,
)


@require_GET
@signed_in
def room(request: ChatRequest, room_id: UUID) -> HttpResponse:
    """The room page; for an open room the person is not in, a preview with a way to join. Constant queries.

    It shows the newest messages, or those ``before`` or ``after`` one, or around the highlighted one (``at``). ``on`` a
    day redirects to the first message since then.
    """
    if "on" in request.GET and (there := _to_day(request, room_id)):
        return there
    requested = requested_range(request, room_id, ("before", "after", "at")) or NEWEST
    if request.htmx and request.htmx.target == "main":
        return _switched(request, room_id, requested)
    return room_page(request, room_id, requested=requested)


def _switched(request: ChatRequest, room_id: UUID, requested: RequestedRange) -> HttpResponse:
    """The parts of the room for a page that shows another one: without the room list, which that page has."""
    opened = load_room_page(request.person, room_id, requested.messages, ())
    if opened is None:
        raise NotFound
    return page(request, "chat/room/_switched.html", oob=True, **_context_of(opened, requested))


def _to_day(request: ChatRequest, room_id: UUID) -> HttpResponse | None:
    """Redirect to the first message since the day, or the last of all; None if there are no messages."""
    moment = moment_of(request.GET["on"])
    message = first_since(request.person, room_id, moment)
    if message is None:
        return None
    if words := words_for_day(timezone.localdate(moment), timezone.localdate(message.created_at)):
        messages.info(request, words)
    return redirect(message_url(message))


def room_page(
    request: ChatRequest,
    room_id: UUID,
    *,
    requested: RequestedRange = NEWEST,
    typed: str = "",
    wrong: str = "",
    status: int = 200,
) -> HttpResponse:
    """``typed`` is put into the composer, and ``wrong`` says why it could not be sent."""
    opened = load_room_page(request.person, room_id, requested.messages, room_list_statements(request.person))
    if opened is None:
        return _preview(request, room_id)
    shown = page(
        request,
        "chat/room/room.html",
        room_list=render_room_list(opened.room_list, request.person, room_id),
        slow_words=SLOW_WORDS,
        message_id=uuid4(),
        typed=typed,
        wrong=wrong,
        status=status,
        **_context_of(opened, requested),
    )
    # One offline copy per room is enough: the one with the newest messages.
    return shown if request.GET else allow_offline_copy(request, shown)


def _context_of(opened: RoomPage, requested: RequestedRange) -> dict[str, Any]:
    since = opened.unread_since
    return {
        "room": opened.room,
        "role": opened.role,
        "stream": opened.messages.html,
        "version": opened.room.version,
        "window": opened.messages,
        "at_start": opened.messages.at_start(requested.messages, opened.room),
        "at_end": opened.messages.at_end(requested.messages, opened.room),
        "new_after": opened.read_seq,
        "unread_since": since and since.astimezone(UTC).isoformat(timespec="seconds"),
        "sections": opened.sections,
        **opened.context,
    }


def _preview(request: ChatRequest, room_id: UUID) -> HttpResponse:
    shown = Room.objects.visible_to(request.person).filter(pk=room_id).first()
    if shown is None:
        raise NotFound
    people = Member.objects.current().filter(room=shown).count()
    return page(request, "chat/room/preview.html", room=shown, people=people)
