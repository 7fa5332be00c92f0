"""What machines ask every few seconds, for ever: each has a view here, a thread apart and a quiet line in the log."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from hypertalk.probes.health import health
from hypertalk.probes.prometheus import metrics

HEALTH, METRICS = "/healthz/", "/metrics"
PROBES = {HEALTH: health, METRICS: metrics}


class ProbesMiddleware:
    """Answers before everything else: who asks has neither the right host name nor TLS."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return PROBES.get(request.path, self.get_response)(request)
