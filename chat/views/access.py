"""Authentication and access: the decorators and getters that every view starts with."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from chat.actions import ensure_person
from chat.actions.missing import why_missing
from chat.db.availability import transient
from chat.errors import ChatError, Conflict, Gone, Invalid, Limited, NotFound, Refused
from chat.models import Member, Message, Person
from chat.monitoring.counters import counters
from chat.views.broken import unavailable

STATUS: dict[type[ChatError], int] = {
    NotFound: 404,
    Refused: 403,
    Gone: 410,
    Invalid: 422,
    Conflict: 409,
    Limited: 429,
}

MAX_QUERY = 80  # characters of a search query


class ChatRequest(HttpRequest):
    """A request of a signed-in person. ``htmx`` is true for requests from scripts."""

    user: Any  # the project's own user model
    htmx: HtmxDetails
    person: Person


PERSON_HEADER = "Chat-Person"  # the id of the person that the requesting page belongs to


def signed_in[**P](
    view: Callable[Concatenate[ChatRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Require a signed-in person. Sets ``request.person`` (one query) and turns chat errors into responses.

    Scripts get 401 instead of a redirect, which they would follow without noticing. So do scripts of a page that still
    belongs to another person.
    """

    @wraps(view)
    def guarded(request: ChatRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            if not request.user.is_authenticated:
                return _ask_to_sign_in() if request.htmx else _signed_out(request)
            request.person = ensure_person(request.user)
            request.person.user = request.user
            if request.headers.get(PERSON_HEADER) not in {None, "", str(request.person.pk)}:
                return _ask_to_sign_in()
            return view(request, *args, **kwargs)
        except ChatError as error:
            return refusal(request, error)
        except Error as error:
            if (passes := transient(error)) is None:
                raise
            return unavailable(request, passes, error)

    return guarded  # type: ignore[return-value]  # Django's middleware makes a ChatRequest of it


def go_to(request: ChatRequest, path: str) -> HttpResponse:
    """A redirect. Scripts get ``HX-Redirect``, because they would follow a plain one without showing the new page."""
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": path})
    return redirect(path)


def _ask_to_sign_in() -> HttpResponse:
    return HttpResponse(_("Sign in to continue."), status=401, content_type="text/plain; charset=utf-8")


def _signed_out(request: HttpRequest) -> HttpResponse:
    """Redirect to sign-in, and afterwards to the page the form was on. Text typed into the form is shown, to be copied."""
    if request.method != "POST":
        path = request.get_full_path()
        # Nobody means the list by itself: afterwards they are in the room they were in last.
        return redirect_to_login(reverse("chat:home") if path == reverse("chat:rooms") else path)
    came_from = request.headers.get("Referer", "")
    ours = came_from and url_has_allowed_host_and_scheme(came_from, {request.get_host()})
    page = urlsplit(came_from).path if ours else reverse("chat:rooms")
    if not (typed := typed_in(request)):
        return redirect_to_login(page)
    return render(request, "chat/shell/not_sent.html", {"typed": typed, "page": page}, status=401)


def typed_in(request: HttpRequest) -> str:
    """The message text of a posted form, to show it again if it can't be accepted."""
    return request.POST.get("body", "") if request.method == "POST" else ""


def refusal(request: ChatRequest, error: ChatError) -> HttpResponse:
    """The response for an error of an action: plain text for scripts, otherwise a page. NotFound is a plain 404.

    The page shows the submitted text again, so that nothing typed is lost.
    """
    counters.add("refused", type(error).__name__)
    typed = typed_in(request)
    if isinstance(error, NotFound) and not request.htmx:
        if not typed.strip():
            raise Http404
        return render(request, "chat/shell/not_sent.html", {"typed": typed}, status=404)
    status = STATUS[type(error)]
    sentence = str(error) or _("Not found.")
    if request.htmx:
        response = HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")
    else:
        shown = {
            "me": request.person,
            "sentence": sentence,
            "typed": typed,
            "room_id": getattr(error, "room", None),
        }
        response = render(request, "chat/shell/refused.html", shown, status=status)
    if isinstance(error, Limited):
        response["Retry-After"] = str(error.retry_after)
    return response


def get_member(request: ChatRequest, room_id: UUID) -> Member:
    """The person's membership, with its room. Raises NotFound. One query."""
    member = (
        Member.objects.current().select_related("room").filter(room=room_id, person=request.person).first()
    )
    if member is None:
        raise NotFound
    member.person = request.person
    return member


def get_message(request: ChatRequest, message_id: UUID) -> Message:
    """A message that the person may see, with its room. Raises NotFound and Gone. One query."""
    visible = Message.objects.visible_to(request.person).shown().select_related("room")
    message = visible.filter(pk=message_id).first()
    if message is None:
        raise why_missing(request.person, message_id)
    return message


def whole_number(value: str) -> int:
    """A seq or a version. Raises Invalid if the value is not a number."""
    if not is_whole_number(value):
        raise Invalid(_("Enter a whole number."))
    return int(value)


def is_whole_number(value: str) -> bool:
    """ASCII digits only, and short enough for the database's integers."""
    return value.isascii() and value.isdecimal() and len(value) <= 15


def words_of(request: ChatRequest, name: str = "q") -> str:
    """The search query."""
    return request.GET.get(name, "").replace("\0", "").strip()[:MAX_QUERY]
