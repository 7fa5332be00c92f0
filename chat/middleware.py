"""What every answer of the chat has in common."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control, patch_vary_headers

from chat.models import Person

# By this scripts tell our answers from those of a network that asks its guests to sign in first.
OURS = "Chat-Answer"


class NoSharedCacheMiddleware:
    """Nothing that somebody signed in gets may stay in a shared cache, nor be shown again after signing out.

    What its address fully says (``immutable``) may stay in the browser that asked; the view says so itself.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        signed_in = request.user.is_authenticated  # who signs out was
        response = self.get_response(request)
        response[OURS] = "1"
        if signed_in or request.user.is_authenticated:
            if "immutable" not in response.get("Cache-Control", ""):
                patch_cache_control(response, private=True, no_store=True)
            patch_vary_headers(response, ["Cookie", "HX-Request"])
        return response


class PersonLocaleMiddleware:
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
