"""Jobs in the admin: their state, without their content."""

from typing import Any

import django_tasks_db.admin  # noqa: F401 - so that ours comes after it
from django.contrib import admin
from django.contrib.admin.helpers import ActionForm
from django.db.models import QuerySet
from django.http import HttpRequest
from django.tasks import TaskResultStatus
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult

from chat.admin.base import ModerationAdmin
from hypertalk.jobs.models import Job

admin.site.unregister(DBTaskResult)  # it shows addresses and the content of emails

STATES: dict[str, Promise] = {
    TaskResultStatus.READY: _("Waiting"),
    TaskResultStatus.RUNNING: _("Running"),
    TaskResultStatus.FAILED: _("Set aside"),
    TaskResultStatus.SUCCESSFUL: _("Done"),
}


class StateFilter(admin.SimpleListFilter):
    title, parameter_name = _("state"), "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(STATES.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(status=self.value()) if self.value() in STATES else queryset


@admin.register(Job)
class JobAdmin(ModerationAdmin):
    """For owners of the workspace, and for staff with the permissions to view and to change jobs."""

    list_display = ("task_path", "state", "tries", "error", "next_try", "enqueued_at")
    list_filter = (StateFilter,)
    ordering = ("-enqueued_at",)
    fields = ("task_path", "state", "tries", "error", "next_try", "enqueued_at", "started_at", "finished_at")
    action_form = ActionForm  # type: ignore[assignment]  # no reason is asked for
    actions = ("run_again", "discard")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Django would let the URL filter by any column, which tells the arguments of a job letter by letter."""
        return lookup == StateFilter.parameter_name

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_active and request.user.has_perm("jobs.view_job")

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and request.user.has_perm("jobs.change_job")

    @admin.display(description=_("state"), ordering="status")
    def state(self, job: Job) -> str:
        return str(STATES[job.status])

    @admin.display(description=_("tries"))
    def tries(self, job: Job) -> int:
        return job.tries

    @admin.display(description=_("last error"))
    def error(self, job: Job) -> str:
        return job.traceback.strip().rpartition("\n")[2]

    @admin.display(description=_("next try"))
    def next_try(self, job: Job) -> Any:
        return job.due_at if job.status == TaskResultStatus.READY else None

    @admin.action(description=_("Run again"), permissions=["moderate"])
    def run_again(self, request: HttpRequest, chosen: QuerySet[Job]) -> None:
        self.act(request, self._set_aside(request, chosen), Job.run_again)

    @admin.action(description=_("Discard"), permissions=["moderate"])
    def discard(self, request: HttpRequest, chosen: QuerySet[Job]) -> TemplateResponse | None:
        rows = self._set_aside(request, chosen)
        asked = self.ask(
            request,
            "discard",
            rows,
            title=gettext("Discard jobs"),
            meaning=gettext("What these jobs should have done, such as sending a mail, is never done."),
            doing=gettext("Discard"),
        )
        if asked is None:
            self.act(request, rows, Job.delete)
        return asked

    def _set_aside(self, request: HttpRequest, chosen: QuerySet[Job]) -> list[Job]:
        rows: Any = Job.objects.failed().filter(pk__in=chosen.values("pk"))
        return self.few_enough(request, rows)
