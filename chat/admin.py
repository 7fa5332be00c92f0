"""Moderation. Everything here is for looking; what changes something goes through the chat's own actions.

So a moderator's click is live on every screen, keeps every number true, and leaves a log entry.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from chat import actions
from chat.models import Member, Message, Person, Room

# Django's admin classes are generic for the type checker alone.
if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]
else:
    ModelAdmin, TabularInline = admin.ModelAdmin, admin.TabularInline


class LookingAdmin(ModelAdmin):
    """Shows rows and changes none: no adding, no saving, no deleting."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        """Staff who hold the model's change permission may use the actions."""
        return super().has_change_permission(request)

    def act[M: Model](
        self, request: HttpRequest, chosen: QuerySet[M], act: Callable[[M], object], said: str
    ) -> int:
        """Run a domain action on each, with a log entry each; how many there were."""
        rows = list(chosen)
        for row in rows:
            act(row)
            self.log_change(request, row, said)
        return len(rows)


@admin.register(Message)
class MessageAdmin(LookingAdmin):
    list_display = ("shown", "author", "room", "created_at", "edited_at", "deleted_at")
    list_filter = ("created_at", ("deleted_at", admin.EmptyFieldListFilter), "room__kind")
    list_select_related = ("author", "room")
    search_fields = ("body", "author__display_name", "author__username", "room__name")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    fields = ("author", "room", "seq", "created_at", "edited_at", "deleted_at", "body")
    actions = ("delete_messages",)

    @admin.display(description=_("message"), ordering="seq")
    def shown(self, message: Message) -> str:
        return message.excerpt or "–"

    @admin.action(description=_("Delete the chosen messages, for everybody"), permissions=["moderate"])
    def delete_messages(self, request: HttpRequest, chosen: QuerySet[Message]) -> None:
        count = self.act(request, chosen, lambda m: actions.moderate_message(m.pk), "Deleted the message.")
        said = ngettext("One message is deleted.", "%(count)d messages are deleted.", count) % {
            "count": count
        }
        self.message_user(request, said, messages.SUCCESS)


@admin.register(Person)
class PersonAdmin(LookingAdmin):
    list_display = ("display_name", "username", "user", "active")
    list_filter = ("user__is_active", "user__is_staff")
    list_select_related = ("user",)
    search_fields = ("display_name", "username", "user__email")
    ordering = ("display_name",)
    fields = ("display_name", "username", "user", "time_zone", "language")
    actions = ("deactivate", "reactivate")

    @admin.display(description=_("active"), boolean=True, ordering="user__is_active")
    def active(self, person: Person) -> bool:
        return person.user.is_active

    @admin.action(
        description=_("Deactivate: out of every room and off every device at once"), permissions=["moderate"]
    )
    def deactivate(self, request: HttpRequest, chosen: QuerySet[Person]) -> None:
        out_of_reach = [person for person in chosen if not self._may_deactivate(request, person)]
        if out_of_reach:
            names = ", ".join(person.display_name for person in out_of_reach)
            self.message_user(
                request,
                _("Not yourself, nor a superuser while you are none: %(names)s.") % {"names": names},
                messages.ERROR,
            )
            return
        count = self.act(request, chosen, actions.deactivate_person, "Deactivated.")
        self._said(request, count)

    @admin.action(description=_("Reactivate: back in, with their rooms"), permissions=["moderate"])
    def reactivate(self, request: HttpRequest, chosen: QuerySet[Person]) -> None:
        self._said(request, self.act(request, chosen, actions.reactivate_person, "Reactivated."))

    def _may_deactivate(self, request: HttpRequest, person: Person) -> bool:
        superuser = getattr(person.user, "is_superuser", False)
        return person.user_id != request.user.pk and (request.user.is_superuser or not superuser)

    def _said(self, request: HttpRequest, count: int) -> None:
        said = ngettext("Done, for one person.", "Done, for %(count)d people.", count) % {"count": count}
        self.message_user(request, said, messages.SUCCESS)


class MemberInline(TabularInline):
    model = Member
    extra = 0
    max_num = 0
    can_delete = False
    fields = readonly_fields = ("person", "role", "active", "read_seq")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Member]:
        return super().get_queryset(request).select_related("person", "room")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Room)
class RoomAdmin(LookingAdmin):
    list_display = ("name", "kind", "topic", "last_seq", "created_at")
    list_filter = ("kind", "created_at")
    search_fields = ("name", "topic")
    ordering = ("name",)
    fields = ("name", "kind", "topic", "created_at", "last_seq", "version", "epoch")
    inlines: ClassVar = [MemberInline]


@admin.register(Member)
class MemberAdmin(LookingAdmin):
    list_display = ("person", "room", "role", "active", "read_seq")
    list_filter = ("role", "active", "room__kind")
    list_select_related = ("person", "room")
    search_fields = ("person__display_name", "person__username", "room__name")
    ordering = ("room__name", "person__display_name")
    fields = ("person", "room", "role", "active", "joined_seq", "read_seq", "seen_seq")
