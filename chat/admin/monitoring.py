"""Charts of the last hour and month, drawn on the server: they need no script."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from chat.admin.base import ModerationAdmin
from chat.admin.plots import draw, in_words, milliseconds
from chat.db.clock import clock
from chat.models import Measure
from chat.monitoring import history, metrics
from chat.monitoring.metrics import Values


def hour(now: datetime) -> dict[str, Any]:
    """The last hour, and the current state. Two queries."""
    points = history.last_hour(now)
    moment, processes = history.current_values(now)
    whole = metrics.sum_over_time(point.values for point in points if point.values is not None)
    return {
        "span": "hour",
        "drawn": draw(points, "hour"),
        "processes": processes,
        "tiles": [
            (_("Open sockets"), in_words(moment["sockets"])),
            (_("Messages in the last hour"), in_words(metrics.total(whole, "posts"))),
            (_("Delivery time, p50"), within(whole, 0.5)),
            (_("Delivery time, p95"), within(whole, 0.95)),
            (_("Errors in the last hour"), in_words(metrics.total(whole, "errors"))),
        ],
        "layer_down": moment["deaf"],
        "limits": list(metrics.by_label(whole, "limits").items()),
        "errors": list(metrics.by_label(whole, "errors").items()),
    }


def within(found: Values, share: float) -> str:
    value = milliseconds("screen", share)(found)
    return in_words(None) if value is None else f"{in_words(value)} ms"


def month(now: datetime) -> dict[str, Any]:
    """Two queries."""
    return {"span": "month", "drawn": draw(history.last_month(now), "month")}


SPANS: dict[str, Callable[[datetime], dict[str, Any]]] = {"hour": hour, "month": month}


@admin.register(Measure)
class MonitoringAdmin(ModerationAdmin):
    """For workspace owners, and for staff with the permission to view measures."""

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and request.user.has_perm("chat.view_measure")

    def get_urls(self) -> list[URLPattern]:
        """Only the charts; no list of rows and no row."""

        def page(view: Callable[..., HttpResponse]) -> Any:
            return self.admin_site.admin_view(require_safe(view))

        return [
            path("", page(self.show), name="chat_measure_changelist"),
            *(
                path(f"{span}/{what}", page(view), {"span": span}, name=f"chat_measure_{span}{name}")
                for span in SPANS
                for what, view, name in (("", self.update, ""), ("table/", self.table, "_table"))
            ),
        ]

    def show(self, request: HttpRequest) -> HttpResponse:
        return self._answer(request, "page", {"spans": [read(clock.now()) for read in SPANS.values()]})

    def update(self, request: HttpRequest, span: str) -> HttpResponse:
        """Requested by the page repeatedly."""
        return self._answer(request, f"_{span}", SPANS[span](clock.now()))

    def table(self, request: HttpRequest, span: str) -> HttpResponse:
        return self._answer(request, "table", SPANS[span](clock.now()))

    def _answer(self, request: HttpRequest, template: str, found: dict[str, Any]) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("Monitoring"),
            "opts": self.opts,
            **found,
        }
        return TemplateResponse(request, f"admin/chat/measure/{template}.html", context)
