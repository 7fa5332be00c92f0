"""Parse a request's form before anything else runs, and refuse it with a sentence if it is malformed."""

from collections.abc import Callable
from http import HTTPStatus

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _

# An unknown or non-text character set (``rot13``) raises LookupError; bytes that it can't decode raise ValueError.
UNREADABLE = (BadRequest, MultiPartParserError, SuspiciousOperation, LookupError, ValueError)


class BodyMiddleware:
    """Django parses a form when a field is first read. That is usually in the CSRF check, but for an unknown address it
    is in the 404 page. That page then fails, and so does the error page after it.

    Answers 400 for a form that can't be read or has too many fields, 413 for one that is too large.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            request.POST  # noqa: B018 - parses the form
        except RequestDataTooBig:
            return _refused(_("This is too large."), HTTPStatus.CONTENT_TOO_LARGE)
        except UNREADABLE:
            return _refused(
                _("The form could not be read. Go back and send it again."), HTTPStatus.BAD_REQUEST
            )
        return self.get_response(request)


def _refused(sentence: str, status: int) -> HttpResponse:
    return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")
