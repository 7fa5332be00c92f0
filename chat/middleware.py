"""Headers, language and time zone of every response of the chat."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control, patch_vary_headers

from chat.models import Person

# With this header scripts tell our responses from those of a network's sign-in page (a captive portal).
ANSWER_HEADER = "Chat-Answer"


class NoSharedCacheMiddleware:
    """Keep responses to signed-in people out of shared caches, and from being shown again after sign-out.

    Responses that their URL fully identifies (``immutable``) may stay in the browser's cache; the view sets that
    itself.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        signed_in = request.user.is_authenticated  # signing out ends this during the request
        response = self.get_response(request)
        response[ANSWER_HEADER] = "1"
        if signed_in or request.user.is_authenticated:
            if "immutable" not in response.get("Cache-Control", ""):
                patch_cache_control(response, private=True, no_store=True)
            patch_vary_headers(response, ["Cookie", "HX-Request"])
        return response


class PersonLocaleMiddleware:
    """Activate the signed-in person's language and time zone.

    Goes after ``LocaleMiddleware``, which decides for everybody else. No query, if the authentication backend selects
    the person with the user.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person: Person | None = getattr(request.user, "person", None)
        if person is not None and person.language in dict(settings.LANGUAGES):
            translation.activate(person.language)
            request.LANGUAGE_CODE = person.language
        # The thread has served other people before, so reset it.
        if person is not None and (zone := person.zone):
            timezone.activate(zone)
        else:
            timezone.deactivate()
        return self.get_response(request)
