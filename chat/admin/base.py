"""The base of all pages of the moderators' administration: access control, and no adding, saving or deleting by hand."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import ActionLocation
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME, ActionForm
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import ValidationError
from django.db import DataError, NotSupportedError, transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from chat.actions import ensure_person
from chat.errors import ChatError
from chat.models import Person
from chat.models.ban import REASON_LIMIT
from chat.policies import may_moderate_workspace

# Django's admin classes are generic only for the type checker.
if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]
else:
    ModelAdmin, TabularInline = admin.ModelAdmin, admin.TabularInline

AT_ONCE = 50  # rows per list page: "select all" must not affect the whole workspace with one click


class ReasonForm(ActionForm):
    """Shown beside the choice of the action."""

    reason = forms.CharField(label=_("Reason"), max_length=REASON_LIMIT, required=False)


def person_of(request: HttpRequest) -> Person:
    """The moderator. One query, none once it is known."""
    person = ensure_person(request.user)  # type: ignore[arg-type]  # the admin requires a user
    person.user = request.user  # type: ignore[assignment]
    return person


class ModerationAdmin(ModelAdmin):
    """For workspace moderators. Shows rows; only its actions change them."""

    show_full_result_count = False
    list_per_page = list_max_show_all = AT_ONCE
    action_form = ReasonForm

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_moderate_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_moderate_permission(request)

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return user.is_authenticated and user.is_active and may_moderate_workspace(person_of(request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def response_action(
        self,
        request: HttpRequest,
        queryset: QuerySet[Any],
        action_location: ActionLocation = ActionLocation.CHANGE_LIST,
    ) -> HttpResponse | None:
        """Chosen rows are checked here, because Django expects the submitted values to be valid ids."""
        try:
            for given in request.POST.getlist(ACTION_CHECKBOX_NAME):
                self.opts.pk.clean(given, None)
        except ValidationError:
            self.message_user(request, gettext("Some of these rows no longer exist."), messages.ERROR)
            return redirect(request.get_full_path())
        return super().response_action(request, queryset, action_location)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Filters in the URL are arbitrary text; values that the database rejects are handled like other wrong filters."""
        try:
            return super().get_changelist_instance(request)
        except (DataError, NotSupportedError, OverflowError, ValueError) as error:
            raise IncorrectLookupParameters from error

    def few_enough[M: Model](self, request: HttpRequest, chosen: QuerySet[M]) -> list[M]:
        """The rows for an action; an empty list, with a message, if there are too many or none."""
        rows = list(chosen[: AT_ONCE + 1])
        if not rows:
            self.message_user(request, gettext("Nothing to change."), messages.WARNING)
        if len(rows) > AT_ONCE:
            text = gettext("Choose at most %(most)d at a time. Nothing was changed.") % {"most": AT_ONCE}
            self.message_user(request, text, messages.ERROR)
            return []
        return rows

    def ask(
        self,
        request: HttpRequest,
        action: str,
        rows: Sequence[Model],
        *,
        title: str,
        meaning: str,
        doing: str,
        called: Callable[[Any], object] = str,
        template: str = "admin/chat/confirm.html",
    ) -> TemplateResponse | None:
        """A page that asks first, for an action that can't be undone. None if there is nothing to ask, or it was confirmed.

        ``meaning`` says what happens to the rows, ``doing`` is the button's label, ``called`` names a row.
        """
        if not rows or "confirmed" in request.POST:
            return None
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "action": action,
            "rows": [(row, called(row)) for row in rows],
            "title": title,
            "meaning": meaning,
            "doing": doing,
            "reason": reason_of(request),
            "checkbox": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, template, context)

    def act[M: Model](
        self,
        request: HttpRequest,
        rows: list[M],
        act: Callable[[M], object],
        hold: Callable[[list[M]], object] = lambda _rows: None,
    ) -> bool:
        """Act on all rows; if one fails, on none, with a message why.

        In the common lock order: by room, or by the rows' own ids. ``hold`` first takes locks that this does not order.
        """
        rows.sort(key=lambda row: getattr(row, "room_id", row.pk))
        try:
            with transaction.atomic():
                hold(rows)
                for row in rows:
                    act(row)
        except ChatError as error:
            text = str(error) or gettext("It no longer exists.")
            self.message_user(request, f"{row}: {text} {gettext('Nothing was changed.')}", messages.ERROR)
            return False
        if rows:
            done = ngettext("%(count)d changed.", "%(count)d changed.", len(rows)) % {"count": len(rows)}
            self.message_user(request, done, messages.SUCCESS)
        return bool(rows)


def reason_of(request: HttpRequest) -> str:
    return request.POST.get("reason", "")
