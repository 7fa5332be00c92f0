"""``/healthz/``: can this process serve?"""

from django.core.cache import caches
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from redis.exceptions import RedisError


def health(_: HttpRequest) -> HttpResponse:
    """Answers 200 if the database works (``degraded`` without Redis), else 503. Runs one query."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, OSError):
        return JsonResponse({"status": "down", "database": False}, status=503)
    try:
        caches["strict"].get("healthz")
    except (RedisError, OSError):
        return JsonResponse({"status": "degraded", "database": True, "redis": False})
    return JsonResponse({"status": "ok", "database": True})
