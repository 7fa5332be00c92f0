"""Rooms and their bans. Direct conversations are not shown: they are private."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat import actions
from chat.admin.base import ModerationAdmin, TabularInline, person_of
from chat.models import Ban, Member, Room

_OWNED = Exists(Member.objects.current().filter(room=OuterRef("pk"), role=Member.Role.OWNER))


class OwnerFilter(admin.SimpleListFilter):
    """Rooms without an active owner, to assign one."""

    title = _("owner")
    parameter_name = "owner"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("gone", _("No active owner"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Room]) -> QuerySet[Room]:
        return queryset.exclude(_OWNED) if self.value() == "gone" else queryset


class MemberInline(TabularInline):
    model = Member
    extra = 0
    max_num = 0
    can_delete = False
    fields = readonly_fields = ("person", "role", "active", "silenced_until")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Member]:
        return super().get_queryset(request).select_related("person", "room")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True  # for everybody who can see the room's page

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Room)
class RoomAdmin(ModerationAdmin):
    list_display = ("name", "kind", "topic", "last_seq", "created_at", "archived_at")
    list_filter = ("kind", "created_at", ("archived_at", admin.EmptyFieldListFilter), OwnerFilter)
    search_fields = ("name", "topic")
    ordering = ("name",)
    fields = (
        "name",
        "kind",
        "topic",
        "created_at",
        "archived_at",
        "moderators_post_only",
        "slow_seconds",
        "keep_days",
        "last_seq",
        "first_seq",
        "version",
        "epoch",
    )
    inlines: ClassVar = [MemberInline]
    actions = ("archive", "restore", "close")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Room]:
        found: QuerySet[Room] = super().get_queryset(request)
        return found.exclude(kind=Room.Kind.DIRECT)

    @admin.action(description=_("Archive selected rooms"), permissions=["moderate"])
    def archive(self, request: HttpRequest, chosen: QuerySet[Room]) -> None:
        self._do(request, chosen.filter(archived_at=None), actions.archive_room)

    @admin.action(description=_("Unarchive selected rooms"), permissions=["moderate"])
    def restore(self, request: HttpRequest, chosen: QuerySet[Room]) -> None:
        self._do(request, chosen.exclude(archived_at=None), actions.restore_room)

    @admin.action(description=_("Make selected rooms private (can't be undone)"), permissions=["moderate"])
    def close(self, request: HttpRequest, chosen: QuerySet[Room]) -> TemplateResponse | None:
        rows = self.few_enough(request, chosen.filter(kind=Room.Kind.OPEN))
        asked = self.ask(
            request,
            "close",
            rows,
            title=gettext("Make rooms private"),
            meaning=gettext(
                "From now on, only people who are invited or added can find these rooms. "
                "Their members and messages stay. This can't be undone."
            ),
            doing=gettext("Make private"),
        )
        if asked is None:
            self._act(request, rows, actions.close_room)
        return asked

    def _do(self, request: HttpRequest, chosen: QuerySet[Room], act: Callable[..., Room]) -> None:
        self._act(request, self.few_enough(request, chosen), act)

    def _act(self, request: HttpRequest, rows: list[Room], act: Callable[..., Room]) -> None:
        by = person_of(request)
        self.act(request, rows, lambda room: act(by, room.pk, from_above=True))


@admin.register(Ban)
class BanAdmin(ModerationAdmin):
    list_display = ("person", "room", "by", "reason", "created_at", "lifted_at")
    list_filter = (("lifted_at", admin.EmptyFieldListFilter), "created_at")
    list_select_related = ("person", "room", "by")
    search_fields = ("person__display_name", "person__username", "room__name", "reason")
    ordering = ("-created_at",)
    fields = ("person", "room", "by", "reason", "created_at", "lifted_at")
    actions = ("lift",)

    @admin.action(description=_("Unban selected people"), permissions=["moderate"])
    def lift(self, request: HttpRequest, chosen: QuerySet[Ban]) -> None:
        by = person_of(request)
        rows = self.few_enough(request, chosen.filter(lifted_at=None))
        self.act(request, rows, lambda ban: actions.lift_ban(by, ban.pk))
