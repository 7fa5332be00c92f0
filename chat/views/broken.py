"""Error pages for when the server can't respond normally. They need no database."""

import sys

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.log import log_response
from django.utils.translation import gettext as _
from django.views.defaults import server_error

from chat.db.availability import transient
from chat.errors import Retryable, StorageFull
from chat.monitoring.counters import counters

# All form fields that hold free text and no secret.
WORDS = ("body", "name", "topic", "display_name", "pronouns", "about", "addresses", "words", "reason")


def unavailable(request: HttpRequest, refusal: Retryable, error: BaseException) -> HttpResponse:
    """503, or 507 if the storage is full. Scripts retry by themselves. Logged in one line.

    The page shows the submitted text again, since it was not saved.
    """
    counters.add("refused", type(refusal).__name__)
    full = isinstance(refusal, StorageFull)
    status = 507 if full else 503
    if request.headers.get("HX-Request"):
        response = HttpResponse(str(refusal), status=status, content_type="text/plain; charset=utf-8")
    else:
        shown = {
            "title": _("Storage is full") if full else _("Temporarily unavailable"),
            "sentence": str(refusal),
            "typed": _written(request),
            "again": request.get_full_path() if request.method == "GET" else "",
        }
        response = HttpResponse(render_to_string("chat/shell/away.html", shown), status=status)
    response["Retry-After"] = str(refusal.retry_after)
    response["Cache-Control"] = "no-store"
    log_response(
        "%s: %s",
        response.reason_phrase,
        request.path,
        response=response,
        request=request,
        level="error" if full else "warning",
        exception=error,
    )
    return response


def _written(request: HttpRequest) -> str:
    """The free text of the form. Going back in the browser would reload the form without it."""
    return "\n\n".join(text for name in WORDS if (text := request.POST.get(name, "").strip()))


def error(request: HttpRequest) -> HttpResponse:
    """``handler500`` for a project: for errors before a view is reached, and in views outside the chat."""
    failed = sys.exception()
    if failed and (refusal := transient(failed)):
        return unavailable(request, refusal, failed)
    return server_error(request)
