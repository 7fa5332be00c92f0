"""People: deactivating, silencing, and workspace roles."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat import actions
from chat.admin.base import ModerationAdmin, person_of, reason_of
from chat.db.clock import clock
from chat.models import Person
from chat.policies import may_own_workspace


@admin.register(Person)
class PersonAdmin(ModerationAdmin):
    list_display = ("display_name", "username", "user", "active", "role", "silenced_until")
    list_filter = ("user__is_active", "user__is_staff", ("silenced_until", admin.EmptyFieldListFilter))
    list_select_related = ("user",)
    search_fields = ("display_name", "username", f"user__{get_user_model().get_email_field_name()}")
    ordering = ("display_name",)
    fields = ("display_name", "username", "user", "time_zone", "language", "role", "silenced_until")
    readonly_fields = ("role",)
    actions = (
        "deactivate",
        "reactivate",
        "silence_for_an_hour",
        "silence_for_a_day",
        "silence_for_a_week",
        "unsilence",
        "make_owner",
        "make_moderator",
        "make_member",
    )

    def has_own_permission(self, request: HttpRequest) -> bool:
        """Only workspace owners."""
        return self.has_moderate_permission(request) and may_own_workspace(person_of(request))

    @admin.display(description=_("active"), boolean=True, ordering="user__is_active")
    def active(self, person: Person) -> bool:
        return person.user.is_active

    @admin.display(description=_("workspace role"))
    def role(self, person: Person) -> str:
        return str(person.workspace_role.label)

    @admin.action(
        description=_("Deactivate: remove from all rooms and sign out everywhere"), permissions=["moderate"]
    )
    def deactivate(self, request: HttpRequest, chosen: QuerySet[Person]) -> None:
        act = partial(actions.deactivate_person, by=person_of(request), reason=reason_of(request))
        self._do(request, chosen.filter(user__is_active=True), act, held=True)

    @admin.action(description=_("Reactivate: restore the account and its rooms"), permissions=["moderate"])
    def reactivate(self, request: HttpRequest, chosen: QuerySet[Person]) -> None:
        act = partial(actions.reactivate_person, by=person_of(request), reason=reason_of(request))
        self._do(request, chosen.filter(user__is_active=False, left_at=None), act, held=True)

    @admin.action(description=_("Silence in all rooms for 1 hour"), permissions=["moderate"])
    def silence_for_an_hour(self, request: HttpRequest, chosen: QuerySet[Person]) -> None:
        self._silence(request, chosen, timedelta(hours=1))

    @admin.action(description=_("Silence in all rooms for 1 day"), permissions=["moderate"])
    def silence_for_a_day(self, request: HttpRequest, chosen: QuerySet[Person]) -> None:
        self._silence(request, chosen, timedelta(days=1))

    @admin.action(description=_("Silence in all rooms for 1 week"), permissions=["moderate"])
    def silence_for_a_week(self, request: HttpRequest, chosen: QuerySet[Person]) -> None:
        self._silence(request, chosen, timedelta(weeks=1))

    @admin.action(description=_("Unsilence"), permissions=["moderate"])
    def unsilence(self, request: HttpRequest, chosen: QuerySet[Person]) -> None:
        by = person_of(request)
        silenced = chosen.filter(silenced_until__gt=clock.now())
        self._do(request, silenced, lambda person: actions.unsilence_person(by, person.pk))

    @admin.action(description=_("Make workspace owners"), permissions=["own"])
    def make_owner(self, request: HttpRequest, chosen: QuerySet[Person]) -> TemplateResponse | None:
        asked = self.ask(
            request,
            "make_owner",
            self.few_enough(request, chosen),
            title=gettext("Make workspace owners"),
            meaning=gettext(
                "They can then do everything you can: change settings, accounts and all roles, yours too."
            ),
            doing=gettext("Make owners"),
        )
        if asked is None and "confirmed" in request.POST:
            self._set_role(request, chosen, Person.WorkspaceRole.OWNER)
        return asked

    @admin.action(description=_("Make workspace moderators"), permissions=["own"])
    def make_moderator(self, request: HttpRequest, chosen: QuerySet[Person]) -> None:
        self._set_role(request, chosen, Person.WorkspaceRole.MODERATOR)

    @admin.action(description=_("Make members"), permissions=["own"])
    def make_member(self, request: HttpRequest, chosen: QuerySet[Person]) -> None:
        self._set_role(request, chosen, Person.WorkspaceRole.MEMBER)

    def _set_role(self, request: HttpRequest, chosen: QuerySet[Person], role: Person.WorkspaceRole) -> None:
        by = person_of(request)
        self._do(request, chosen, lambda person: actions.set_workspace_role(by, person.pk, role))

    def _silence(self, request: HttpRequest, chosen: QuerySet[Person], lasting: timedelta) -> None:
        by, reason = person_of(request), reason_of(request)
        self._do(request, chosen, lambda person: actions.silence_person(by, person.pk, lasting, reason))

    def _do(
        self,
        request: HttpRequest,
        chosen: QuerySet[Person],
        act: Callable[[Person], object],
        *,
        held: bool = False,
    ) -> None:
        rows = self.few_enough(request, chosen)
        if held and rows:
            self.act(request, rows, act, partial(actions.hold_people, by=person_of(request)))
        else:
            self.act(request, rows, act)
