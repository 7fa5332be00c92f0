"""The queue of reports: the reported message, its context, and the decision."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from chat import actions
from chat.actions.reporting import UNDOABLE
from chat.admin.base import ModerationAdmin, person_of
from chat.models import Message, Report, Room

DECIDING = {
    Report.Decision.DISMISSED: _("Dismiss"),
    Report.Decision.DELETED: _("Delete the message"),
    Report.Decision.REMOVED: _("Remove the author from the room"),
    Report.Decision.BANNED: _("Ban the author from the room"),
    Report.Decision.SILENCED: _("Silence the author for a day"),
    Report.Decision.DEACTIVATED: _("Deactivate the author"),
}
AROUND = 5  # messages before and after the reported one
SHOWN = 60


class WaitingFilter(admin.SimpleListFilter):
    """Open reports by default."""

    title = _("decided")
    parameter_name = "decided"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Decided")), ("all", _("All"))]

    def choices(self, changelist: Any) -> Any:
        for choice in super().choices(changelist):
            if choice["query_string"] == changelist.get_query_string(remove=[self.parameter_name]):
                choice = {**choice, "display": _("Open")}  # noqa: PLW2901
            yield choice

    def queryset(self, request: HttpRequest, queryset: QuerySet[Report]) -> QuerySet[Report]:
        if self.value() == "all":
            return queryset
        return (
            queryset.exclude(decided_at=None) if self.value() == "yes" else queryset.filter(decided_at=None)
        )


@admin.register(Report)
class ReportAdmin(ModerationAdmin):
    list_display = ("shown", "author", "room", "kind", "reporter", "created_at", "decision", "decided_by")
    list_filter = (WaitingFilter, "kind", "decision", "created_at")
    list_select_related = ("message__author", "message__room", "reporter", "decided_by")
    search_fields = ("body", "words", "message__author__display_name", "reporter__display_name")
    ordering = ("created_at",)
    fields = ("kind", "words", "reporter", "created_at", "decision", "note", "decided_by", "decided_at")
    actions = ("dismiss",)
    change_form_template = "admin/chat/report/decide.html"

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("counts/", wrap(require_GET(self.counts)), name="chat_report_counts"),
            path("<int:report_id>/decide/", wrap(require_POST(self.decide)), name="chat_report_decide"),
            path("<int:report_id>/undo/", wrap(require_POST(self.undo)), name="chat_report_undo"),
            *super().get_urls(),
        ]

    @admin.display(description=_("message"))
    def shown(self, report: Report) -> str:
        return Truncator(report.body).chars(SHOWN)

    @admin.display(description=_("author"))
    def author(self, report: Report) -> str:
        return str(report.message.author)

    @admin.display(description=_("room"))
    def room(self, report: Report) -> str:
        return str(_("Direct")) if report.message.room.kind == Room.Kind.DIRECT else str(report.message.room)

    @admin.action(description=_("Dismiss selected reports"), permissions=["moderate"])
    def dismiss(self, request: HttpRequest, chosen: QuerySet[Report]) -> None:
        by, none = person_of(request), Report.Decision.DISMISSED
        waiting = self.few_enough(request, chosen.filter(decided_at=None))
        self.act(request, waiting, lambda report: actions.decide_report(by, report.pk, none))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The report with the messages around it; the decision is a separate form."""
        report = self.get_object(request, object_id)
        context = {
            "report": report,
            "around": around(report) if report else [],
            "decisions": _possible(report) if report else [],
            "undoable": report is not None and report.decision in UNDOABLE,
        }
        return super().change_view(request, object_id, form_url, context)

    def decide(self, request: HttpRequest, report_id: int) -> HttpResponse:
        decision, note = request.POST.get("decision", ""), request.POST.get("note", "")
        return self._done(request, report_id, lambda by, pk: actions.decide_report(by, pk, decision, note))

    def undo(self, request: HttpRequest, report_id: int) -> HttpResponse:
        return self._done(request, report_id, actions.undo_decision)

    def counts(self, request: HttpRequest) -> HttpResponse:
        return TemplateResponse(request, "admin/chat/_counts.html")

    def _done(self, request: HttpRequest, report_id: int, act: Any) -> HttpResponse:
        report, by = get_object_or_404(Report, pk=report_id), person_of(request)
        done = self.act(request, [report], lambda one: act(by, one.pk))
        if done and Report.objects.waiting().exists():
            return redirect("admin:chat_report_changelist")
        return redirect("admin:chat_report_change", report_id)


def _possible(report: Report) -> list[tuple[str, Any]]:
    """Nobody can be removed from a direct conversation."""
    out = {Report.Decision.REMOVED, Report.Decision.BANNED}
    direct = report.message.room.kind == Room.Kind.DIRECT
    return [(value, words) for value, words in DECIDING.items() if not (direct and value in out)]


def around(report: Report) -> list[Message]:
    """The message with its neighbours; of a direct conversation only the reported message. Two queries."""
    here = Message.objects.retained_in(report.message.room_id).shown()
    if report.message.room.kind == Room.Kind.DIRECT:
        return list(here.filter(pk=report.message_id))
    seq = report.message.seq
    return [*here.before(seq, AROUND), *here.after(seq - 1, AROUND + 1)]
