"""Messages: history, sending, editing, deleting, and catching up."""

from collections.abc import Iterable
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from chat import actions, catching_up
from chat.errors import ChatError, Invalid, Limited, Refused
from chat.live.rendering import message_html
from chat.models import Message
from chat.policies import may_delete, may_edit
from chat.rendered import message_window
from chat.views.access import (
    STATUS,
    ChatRequest,
    get_member,
    get_message,
    signed_in,
    whole_number,
)
from chat.views.pages import page
from chat.views.rooms import conversation


@require_http_methods(["GET", "POST"])
@signed_in
def messages(request: ChatRequest, room_id: UUID) -> HttpResponse:
    return _post(request, room_id) if request.method == "POST" else _history(request, room_id)


def _history(request: ChatRequest, room_id: UUID) -> HttpResponse:
    """A page of messages before, after or around a seq. Constant queries."""
    room = get_member(request, room_id).room
    # Permission is asked once more by the query itself: nothing committed after a removal may slip in between.
    visible = Message.objects.visible_to(request.person).filter(room=room)
    asked = [(word, request.GET[word]) for word in ("before", "after", "around") if word in request.GET]
    if len(asked) != 1:
        raise Invalid(_("Ask for messages before, after or around a number."))
    word, seq = asked[0][0], whole_number(asked[0][1])
    found = message_window(visible, lambda rows: getattr(rows, word)(seq))
    response = HttpResponse(found.html)
    response["Chat-Version"] = str(room.version)  # read before the rows
    if word != "after" and found.first_seq in {None, 1}:
        response["Chat-At-Start"] = "1"
    return response


def _post(request: ChatRequest, room_id: UUID) -> HttpResponse:
    body = request.POST.get("body", "")
    try:
        posted = actions.post_message(request.person, room_id, id=_id_of(request), body=body)
    except ChatError as error:
        if request.htmx:
            raise
        return _given_back(request, room_id, body, error)
    if request.htmx:
        response = _fragments([message_html(posted.message)])
        response.status_code = 201 if posted.created else 200
        return response
    # The page's script says so itself; nothing else does for those who have none.
    actions.forget_draft(request.person, room_id)
    return redirect(f"{reverse('chat:room', args=[room_id])}#message-{posted.message.pk}")


def _id_of(request: ChatRequest) -> UUID:
    try:
        return UUID(request.POST.get("id", ""))
    except ValueError:
        raise Invalid(_("A message needs an id that is a UUID.")) from None


def _given_back(request: ChatRequest, room_id: UUID, body: str, error: ChatError) -> HttpResponse:
    """The page again, with the text in its field: without script nothing else holds it."""
    status = STATUS[type(error)]
    shown = conversation(request, room_id, unsent=body, refused=str(error), status=status)
    if shown is None:
        return render(request, "chat/unsent.html", {"signed_in": True, "unsent": body}, status=404)
    if isinstance(error, Limited):
        shown["Retry-After"] = str(error.retry_after)
    return shown


@require_http_methods(["GET", "POST"])
@signed_in
def edit(request: ChatRequest, message_id: UUID) -> HttpResponse:
    """GET: the form, alone for scripts, else on a page. POST: the fragment, or back to the room."""
    if request.method == "POST":
        message = actions.edit_message(request.person, message_id, request.POST.get("body", ""))
        return _changed(request, message)
    message = get_message(request, message_id)
    if not may_edit(get_member(request, message.room_id), message):
        raise Refused(_("Only the author can edit a message, and only while it is there."))
    return _ask(request, message, "chat/_edit_form.html" if request.htmx else "chat/edit_message.html")


@require_http_methods(["GET", "POST"])
@signed_in
def delete(request: ChatRequest, message_id: UUID) -> HttpResponse:
    """GET: asks whether really. POST: the tombstone, or back to the room."""
    if request.method == "POST":
        return _changed(request, actions.delete_message(request.person, message_id))
    message = get_message(request, message_id)
    if not may_delete(get_member(request, message.room_id), message):
        raise Refused(_("Only the author, and the room's owners and moderators, can delete a message."))
    return _ask(request, message, "chat/delete_message.html")


@require_GET
@signed_in
def changes(request: ChatRequest, room_id: UUID) -> HttpResponse:
    """All that a page which holds ``after`` has not got, as fragments in the order of their versions."""
    room = get_member(request, room_id).room
    answer = catching_up.since(room, whole_number(request.GET.get("after", "")))
    response = _fragments(answer.fragments)
    response["Chat-Version"] = str(answer.version)
    if answer.more:
        response["Chat-More"] = "1"
    if answer.start_over:
        response["Chat-Start-Over"] = "1"
        if answer.at_start:
            response["Chat-At-Start"] = "1"
    return response


def _changed(request: ChatRequest, message: Message) -> HttpResponse:
    if request.htmx:
        return _fragments([message_html(message)])
    return redirect(f"{reverse('chat:room', args=[message.room_id])}#message-{message.pk}")


def _ask(request: ChatRequest, message: Message, template: str) -> HttpResponse:
    return page(request, template, room=message.room, message=message)


def _fragments(parts: Iterable[str]) -> HttpResponse:
    return HttpResponse("".join(parts))
