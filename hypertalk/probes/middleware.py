"""URLs that monitoring calls every few seconds: each has a view here, a thread of its own, and is logged at DEBUG only."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from hypertalk.probes.health import health
from hypertalk.probes.prometheus import metrics

HEALTH, METRICS = "/healthz/", "/metrics"
PROBES = {HEALTH: health, METRICS: metrics}


class ProbesMiddleware:
    """Answers before all other middleware: monitoring may use the wrong host name, and no TLS."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return PROBES.get(request.path, self.get_response)(request)
