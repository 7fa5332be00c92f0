"""``/metrics``: the metrics of this process for Prometheus, which scrapes each process (docs/monitoring.md)."""

import asyncio
import platform
import threading
from collections.abc import Iterator
from secrets import compare_digest
from weakref import WeakSet

import django
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseNotFound
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from chat.monitoring import metrics as chat_metrics
from chat.monitoring.counters import counters
from hypertalk import __version__

_loops: WeakSet[asyncio.AbstractEventLoop] = WeakSet()


def watch(loop: asyncio.AbstractEventLoop) -> None:
    """Count this event loop's tasks from now on."""
    _loops.add(loop)


def metrics(request: HttpRequest) -> HttpResponse:
    """Requires ``METRICS_TOKEN`` as a bearer token. Answers 404 if that setting is empty. Runs no query."""
    token = settings.METRICS_TOKEN
    if not token:
        return HttpResponseNotFound("There is nothing here.", content_type="text/plain; charset=utf-8")
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not compare_digest(given.strip().encode(), token.encode()):
        return HttpResponse(
            "This needs the token of METRICS_TOKEN.",
            status=401,
            content_type="text/plain; charset=utf-8",
            headers={"WWW-Authenticate": 'Bearer realm="metrics"'},
        )
    return HttpResponse(
        generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"}
    )


class ChatCollector(Collector):
    """Exports the chat's counters with the names and units of Prometheus."""

    def collect(self) -> Iterator[Metric]:
        counted = counters.take().values
        for name, metric in chat_metrics.COUNTERS.items():
            labels = [metric.label] if metric.label else []
            counter = CounterMetricFamily(f"hypertalk_{name}", metric.help, labels=labels)
            found = chat_metrics.by_label(counted, name)
            for label, number in found.items() if labels else [("", found.get("", 0))]:
                counter.add_metric([label] if labels else [], number)
            yield counter
        for name, metric in chat_metrics.HISTOGRAMS.items():
            yield _histogram(counted, name, metric)
        for name, metric in chat_metrics.LEVELS.items():
            yield GaugeMetricFamily(f"hypertalk_{name}", metric.help, counted[name])
        yield GaugeMetricFamily(
            "hypertalk_sockets_peak",
            "The most sockets that were open at once since the process began.",
            counted["sockets^"],
        )
        tasks = sum(len(asyncio.all_tasks(loop)) for loop in _loops)
        yield GaugeMetricFamily("hypertalk_tasks", "Tasks of the event loop that are not done.", tasks)
        threads = threading.active_count()
        yield GaugeMetricFamily("hypertalk_threads", "Threads of the process.", threads)
        versions = {
            "version": __version__,
            "django": django.get_version(),
            "python": platform.python_version(),
        }
        yield InfoMetricFamily("hypertalk_build", "What runs here.", versions)


def _histogram(counted: chat_metrics.Values, name: str, metric: chat_metrics.Metric) -> Metric:
    unit = "posts" if name == "batch" else "seconds"
    family = HistogramMetricFamily(
        f"hypertalk_{name}_{unit}", metric.help, labels=[metric.label] if metric.label else []
    )
    for label in chat_metrics.labels(counted, name) if metric.label else [""]:
        so_far, steps = 0, []
        for bound, number in chat_metrics.buckets(counted, name, label):
            so_far += number
            steps.append(("+Inf" if bound == float("inf") else str(bound), so_far))
        total = counted.get(f"{chat_metrics.name(name, label)}+", 0) / chat_metrics.MILLION
        family.add_metric([label] if label else [], steps, total)
    return family


REGISTRY = CollectorRegistry(auto_describe=False)
REGISTRY.register(ChatCollector())
ProcessCollector(registry=REGISTRY)
