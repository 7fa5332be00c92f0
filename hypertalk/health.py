"""``/healthz/``: can this process serve?"""

from collections.abc import Callable

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from redis.exceptions import RedisError

HEALTH = "/healthz/"


class HealthMiddleware:
    """Answers before everything else: a probe has neither the right host name nor TLS."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return health() if request.path == HEALTH else self.get_response(request)


def health() -> HttpResponse:
    """200 when the database answers (``degraded`` without Redis), else 503. Runs one query."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, OSError):
        return JsonResponse({"status": "down", "database": False}, status=503)
    try:
        cache.get("healthz")
    except (RedisError, OSError):
        return JsonResponse({"status": "degraded", "database": True, "redis": False})
    return JsonResponse({"status": "ok", "database": True})
