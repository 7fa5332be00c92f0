"""What every answer of the chat has in common."""

import logging
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control, patch_vary_headers

from chat.counts import counts
from chat.fullness import full
from chat.models import Person

# By this scripts tell our answers from those of a network that asks its guests to sign in first.
OURS = "Chat-Answer"

logger = logging.getLogger(__name__)


class PrivateMiddleware:
    """Nothing that somebody signed in gets may stay in a shared cache, nor be shown again after signing out.

    What its address fully says (``immutable``) may stay in the browser that asked; the view says so itself.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response[OURS] = "1"
        if request.user.is_authenticated:
            if "immutable" not in response.get("Cache-Control", ""):
                patch_cache_control(response, private=True, no_store=True)
            patch_vary_headers(response, ["Cookie", "HX-Request"])
        return response


class HabitsMiddleware:
    """The language and the time zone of whoever is signed in. After ``LocaleMiddleware``, whose guess holds for others.

    No query, where the authentication backend selects the person with the user.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person: Person | None = getattr(request.user, "person", None)
        if person is not None and person.language in dict(settings.LANGUAGES):
            translation.activate(person.language)
            request.LANGUAGE_CODE = person.language
        # The thread has served others before.
        if person is not None and (zone := person.zone):
            timezone.activate(zone)
        else:
            timezone.deactivate()
        return self.get_response(request)


class FullMiddleware:
    """Where nothing can be kept any more, 507 and a sentence, and what was written once more: it was not taken.

    Scripts get the sentence alone, and ``Retry-After``. Reading goes on, as far as it keeps nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        refusal = full(exception)
        if refusal is None:
            return None
        counts.add("refused", type(refusal).__name__)
        logger.error("there is no room left to keep anything: %s", exception)
        status = HTTPStatus.INSUFFICIENT_STORAGE
        if request.headers.get("HX-Request"):
            response = HttpResponse(str(refusal), status=status, content_type="text/plain; charset=utf-8")
        else:
            shown = {"sentence": str(refusal), "typed": request.POST.get("body", "")}
            response = render(request, "507.html", shown, status=status)
        response["Retry-After"] = str(refusal.retry_after)
        return response
