"""What all pages of the desk share: who may come in, and that nothing is added, saved or deleted by hand."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import ActionLocation
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME, ActionForm
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import ValidationError
from django.db import DataError, transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from chat.actions import ensure_person
from chat.errors import ChatError
from chat.models import Person
from chat.models.ban import REASON_LIMIT
from chat.policies import may_moderate_workspace

# Django's admin classes are generic for the type checker alone.
if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]
else:
    ModelAdmin, TabularInline = admin.ModelAdmin, admin.TabularInline

AT_ONCE = 50  # rows of one list page: "select all" must not empty the whole place with one click


class ReasonForm(ActionForm):
    """Beside the choice of what to do."""

    reason = forms.CharField(label=_("Reason"), max_length=REASON_LIMIT, required=False)


def person_of(request: HttpRequest) -> Person:
    """Who sits at the desk. One query, none once it is known."""
    person = ensure_person(request.user)  # type: ignore[arg-type]  # the admin is for users alone
    person.user = request.user  # type: ignore[assignment]
    return person


class DeskAdmin(ModelAdmin):
    """For everybody who moderates the place. Shows rows and changes none, but for its actions."""

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
        """What is said to be chosen may be no id at all, which Django takes for one."""
        try:
            for given in request.POST.getlist(ACTION_CHECKBOX_NAME):
                self.opts.pk.clean(given, None)
        except ValidationError:
            self.message_user(request, gettext("Some of these rows no longer exist."), messages.ERROR)
            return redirect(request.get_full_path())
        return super().response_action(request, queryset, action_location)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """A filter is whatever somebody wrote into the address; what no database takes is a wrong one like others."""
        try:
            return super().get_changelist_instance(request)
        except (DataError, OverflowError, ValueError) as error:
            raise IncorrectLookupParameters from error

    def few_enough[M: Model](self, request: HttpRequest, chosen: QuerySet[M]) -> list[M]:
        """What an action may work on; none, with the reason said, when it is too much or nothing."""
        rows = list(chosen[: AT_ONCE + 1])
        if not rows:
            self.message_user(request, gettext("Nothing to change."), messages.WARNING)
        if len(rows) > AT_ONCE:
            said = gettext("Choose at most %(most)d at a time. Nothing was changed.") % {"most": AT_ONCE}
            self.message_user(request, said, messages.ERROR)
            return []
        return rows

    def act[M: Model](
        self,
        request: HttpRequest,
        rows: list[M],
        act: Callable[[M], object],
        hold: Callable[[list[M]], object] = lambda _rows: None,
    ) -> bool:
        """Do it to all of them, or, if one of them may not be, to none and say why.

        In the order in which everybody locks: by room, or by their own id; ``hold`` takes first what that does not order.
        """
        rows.sort(key=lambda row: getattr(row, "room_id", row.pk))
        try:
            with transaction.atomic():
                hold(rows)
                for row in rows:
                    act(row)
        except ChatError as error:
            said = str(error) or gettext("It no longer exists.")
            self.message_user(request, f"{row}: {said} {gettext('Nothing was changed.')}", messages.ERROR)
            return False
        if rows:
            done = ngettext("%(count)d changed.", "%(count)d changed.", len(rows)) % {"count": len(rows)}
            self.message_user(request, done, messages.SUCCESS)
        return bool(rows)


def reason_of(request: HttpRequest) -> str:
    return request.POST.get("reason", "")
