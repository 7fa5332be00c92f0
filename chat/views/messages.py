"""Messages: history, posting, editing, deleting, and catch-up."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from chat import actions
from chat.actions.missing import gone
from chat.errors import ChatError, Conflict, Invalid, Limited, Refused
from chat.events.rendering import message_html
from chat.models import Member, Message
from chat.monitoring.counters import counters
from chat.policies import may_delete, may_edit
from chat.queries import catching_up
from chat.queries.cached_fragments import message_window
from chat.signals import message_posted_by_form
from chat.views.access import (
    STATUS,
    ChatRequest,
    get_member,
    get_message,
    signed_in,
    typed_in,
    whole_number,
)
from chat.views.pages import page
from chat.views.pagination import message_url, requested_range
from chat.views.room_page import room_page


@require_http_methods(["GET", "POST"])
@signed_in
def messages(request: ChatRequest, room_id: UUID) -> HttpResponse:
    return _post(request, room_id) if request.method == "POST" else _history(request, room_id)


def _history(request: ChatRequest, room_id: UUID) -> HttpResponse:
    """A page of messages before, after or around a seq, around a message, from a day, or the newest. Constant queries."""
    room = get_member(request, room_id).room
    # The query itself checks the permission again: nothing committed after a removal may slip in between.
    visible = Message.objects.visible_in(room.pk, request.person)
    requested = requested_range(request, room_id, ("before", "after", "around", "on", "newest"))
    if requested is None:
        raise Invalid(_("Give one of before, after or around, with a number."))
    found = message_window(visible, lambda rows: rows.in_range(requested.messages))
    if found.misses(requested.messages, room):
        return _history(request, room_id)
    response = HttpResponse(found.html)
    response["Chat-Version"] = str(room.version)  # read before the rows
    if found.at_start(requested.messages, room):
        response["Chat-At-Start"] = "1"
    if found.at_end(requested.messages, room):
        response["Chat-At-End"] = "1"
    if requested.seq is not None:
        response["Chat-Seq"] = str(requested.seq)
    return response


def _post(request: ChatRequest, room_id: UUID) -> HttpResponse:
    """The fragment, or a redirect to the room. If a plain form fails, the room is shown with the text in the composer."""
    try:
        posted = actions.post_message(
            request.person, room_id, id=_message_id(request), body=request.POST.get("body", "")
        )
    except (Invalid, Refused, Conflict, Limited) as error:
        if request.htmx or not Member.objects.current().filter(room=room_id, person=request.person).exists():
            raise
        return _room_with_error(request, room_id, error)
    if posted.created:
        counters.add("posts", "http")
    if request.htmx:
        response = _fragments([message_html(posted.message)])
        response.status_code = 201 if posted.created else 200
        return response
    message_posted_by_form.send(None, person=request.person, room_id=room_id)
    return redirect(f"{reverse('chat:room', args=[room_id])}#message-{posted.message.pk}")


def _message_id(request: ChatRequest) -> UUID:
    try:
        return UUID(request.POST.get("id", ""))
    except ValueError:
        raise Invalid(_("A message's id must be a UUID.")) from None


def _room_with_error(request: ChatRequest, room_id: UUID, error: ChatError) -> HttpResponse:
    """The room with the text in its composer, under a new id, because the old one may be taken."""
    counters.add("refused", type(error).__name__)
    response = room_page(
        request, room_id, typed=typed_in(request), wrong=str(error), status=STATUS[type(error)]
    )
    if isinstance(error, Limited):
        response["Retry-After"] = str(error.retry_after)
    return response


@require_GET
@signed_in
def acts(request: ChatRequest, message_id: UUID) -> HttpResponse:
    """The actions for a message, as a page of links: without script there is no action bar."""
    message = get_message(request, message_id)
    member = get_member(request, message.room_id)
    return page(
        request,
        "chat/message/message_acts.html",
        room=message.room,
        message=message,
        edits=may_edit(member, message),
        deletes=may_delete(member, message),
    )


@require_GET
@signed_in
def source(request: ChatRequest, message_id: UUID) -> HttpResponse:
    """The text as it was written, to be copied."""
    message = get_message(request, message_id)
    if message.deleted_at:
        raise gone(message.room_id)
    return HttpResponse(message.body, content_type="text/plain; charset=utf-8")


@require_http_methods(["GET", "POST"])
@signed_in
def edit(request: ChatRequest, message_id: UUID) -> HttpResponse:
    """GET: the form, as a fragment for scripts, otherwise a page. POST: the fragment, or a redirect to the room."""
    if request.method == "POST":
        try:
            message = actions.edit_message(request.person, message_id, request.POST.get("body", ""))
        except Invalid as error:
            if request.htmx:
                raise
            return _edit_page_with_error(request, get_message(request, message_id), error)
        return _changed(request, message, _("Message edited."))
    message = get_message(request, message_id)
    if not may_edit(get_member(request, message.room_id), message):
        raise Refused(_("Only the author can edit a message, and only until it is deleted."))
    return _ask(
        request, message, "chat/message/_edit_form.html" if request.htmx else "chat/message/edit_message.html"
    )


def _edit_page_with_error(request: ChatRequest, message: Message, error: Invalid) -> HttpResponse:
    message.body = typed_in(request)  # displayed, never saved
    return page(
        request,
        "chat/message/edit_message.html",
        room=message.room,
        message=message,
        wrong=str(error),
        status=422,
    )


@require_http_methods(["GET", "POST"])
@signed_in
def delete(request: ChatRequest, message_id: UUID) -> HttpResponse:
    """GET: asks for confirmation. POST: the tombstone, or a redirect to the room."""
    if request.method == "POST":
        deleted = actions.delete_message(request.person, message_id)
        return _changed(request, deleted, _("Message deleted."))
    message = get_message(request, message_id)
    if not may_delete(get_member(request, message.room_id), message):
        raise Refused(_("Only the author and the room's owners and moderators can delete a message."))
    return _ask(request, message, "chat/message/delete_message.html")


@require_GET
@signed_in
def changes(request: ChatRequest, room_id: UUID) -> HttpResponse:
    """Catch-up: all changes after the version ``after``, as fragments ordered by version."""
    room = get_member(request, room_id).room
    answer = catching_up.since(room, whole_number(request.GET.get("after", "")))
    counters.add("catch_ups", answer.kind)
    response = _fragments(answer.fragments)
    response["Chat-Version"] = str(answer.version)
    if answer.more:
        response["Chat-More"] = "1"
    if answer.start_over:
        response["Chat-Start-Over"] = "1"
        if answer.at_start:
            response["Chat-At-Start"] = "1"
    return response


def _changed(request: ChatRequest, message: Message, notice: str) -> HttpResponse:
    if request.htmx:
        return _fragments([message_html(message)])
    notices.success(request, notice)
    return redirect(message_url(message))


@require_GET
@signed_in
def show(request: ChatRequest, message_id: UUID) -> HttpResponse:
    """The permalink of a message. Redirects into its room, with the messages around it."""
    return redirect(message_url(get_message(request, message_id)))


def _ask(request: ChatRequest, message: Message, template: str) -> HttpResponse:
    return page(request, template, room=message.room, message=message)


def _fragments(parts: Iterable[str]) -> HttpResponse:
    return HttpResponse("".join(parts))
