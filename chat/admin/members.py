"""Members of rooms."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from chat import actions
from chat.admin.base import ModerationAdmin, person_of
from chat.models import Member, Room


@admin.register(Member)
class MemberAdmin(ModerationAdmin):
    list_display = ("person", "room", "role", "active", "silenced_until")
    list_filter = ("role", "active", "room__kind")
    list_select_related = ("person", "room")
    search_fields = ("person__display_name", "person__username", "room__name")
    ordering = ("room__name", "person__display_name")
    fields = ("person", "room", "role", "active", "silenced_until", "joined_seq", "read_seq", "seen_seq")
    actions = ("hand_over",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Member]:
        found: QuerySet[Member] = super().get_queryset(request)
        return found.exclude(room__kind=Room.Kind.DIRECT)

    @admin.action(
        description=_("Make this person the owner (if the room has none)"), permissions=["moderate"]
    )
    def hand_over(self, request: HttpRequest, chosen: QuerySet[Member]) -> None:
        by = person_of(request)
        heirs = self.few_enough(request, chosen.filter(active=True))
        self.act(request, heirs, lambda heir: actions.hand_over(by, heir.room_id, heir.pk))
