"""The form that a request brings is read before anything else happens, and refused in words if it is none."""

from collections.abc import Callable
from http import HTTPStatus

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _

# A character set that is none of text (``rot13``) is a LookupError, what it can't decode a ValueError.
UNREADABLE = (BadRequest, MultiPartParserError, SuspiciousOperation, LookupError, ValueError)


class BodyMiddleware:
    """Django reads a form when something first asks for a field: mostly its check of the token, but for an address that is
    not there the page that says so. That page then fails, and so does the one that says that something failed.

    400 for what can't be read or has too many fields, 413 for what is too large.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            request.POST  # noqa: B018 - reads it
        except RequestDataTooBig:
            return _refused(_("This is too large."), HTTPStatus.CONTENT_TOO_LARGE)
        except UNREADABLE:
            return _refused(
                _("The form could not be read. Go back and send it again."), HTTPStatus.BAD_REQUEST
            )
        return self.get_response(request)


def _refused(sentence: str, status: int) -> HttpResponse:
    return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")
