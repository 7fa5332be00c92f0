"""What people are told when we can't serve them: without the database, and without anything that asks it."""

import sys

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.log import log_response
from django.utils.translation import gettext as _
from django.views.defaults import server_error

from chat.away import is_away
from chat.errors import Away


def unavailable(request: HttpRequest, error: BaseException) -> HttpResponse:
    """A part of the place is away: 503, after which scripts try again by themselves. The log has it in one line."""
    if request.headers.get("HX-Request"):
        sentence = _("That did not work: a part of this place can't be reached. Try again in a moment.")
        response = HttpResponse(sentence, status=503, content_type="text/plain; charset=utf-8")
    else:
        typed = request.POST.get("body", "") if request.method == "POST" else ""
        response = HttpResponse(render_to_string("503.html", {"typed": typed}), status=503)
    response["Retry-After"] = str(Away.retry_after)
    response["Cache-Control"] = "no-store"
    log_response(
        "%s: %s",
        response.reason_phrase,
        request.path,
        response=response,
        request=request,
        level="warning",
        exception=error,
    )
    return response


def error(request: HttpRequest) -> HttpResponse:
    """``handler500`` of a project: for what fails before a view is reached."""
    failed = sys.exception()
    return unavailable(request, failed) if failed and is_away(failed) else server_error(request)
