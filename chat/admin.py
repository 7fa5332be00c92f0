"""Moderation. Everything here is for looking; what changes something goes through the chat's own actions.

So a moderator's click is live on every screen, keeps every number true, and leaves a log entry.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from chat import actions
from chat.models import Invitation, Member, Message, Person, Room

# Django's admin classes are generic for the type checker alone.
if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]
else:
    ModelAdmin, TabularInline = admin.ModelAdmin, admin.TabularInline

SHOWN = 60  # characters of a message in a list
AT_ONCE = 50  # rows of one list page: "select all" must not empty the whole place with one click


class LookingAdmin(ModelAdmin):
    """Shows rows and changes none: no adding, no saving, no deleting."""

    show_full_result_count = False
    list_per_page = list_max_show_all = AT_ONCE

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        """Staff who hold the model's change permission may use the actions."""
        return super().has_change_permission(request)

    def few_enough[M: Model](self, request: HttpRequest, chosen: QuerySet[M]) -> list[M]:
        """What an action may work on; none, with the reason said, when it is too much or nothing."""
        rows = list(chosen[: AT_ONCE + 1])
        if not rows:
            self.message_user(request, gettext("Nothing to do: this is so already."), messages.WARNING)
        if len(rows) > AT_ONCE:
            said = gettext("At most %(most)d at a time. Nothing was changed.") % {"most": AT_ONCE}
            self.message_user(request, said, messages.ERROR)
            return []
        return rows

    def act[M: Model](
        self, request: HttpRequest, rows: list[M], act: Callable[[M], object], said: str
    ) -> None:
        """Run a domain action on each. It and its log entry are kept together or not at all."""
        for row in rows:
            with transaction.atomic():
                act(row)
                self.log_change(request, row, said)


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
        return Truncator(message.excerpt).chars(SHOWN) or "–"

    @admin.action(description=_("Delete the chosen messages, for everybody"), permissions=["moderate"])
    def delete_messages(self, request: HttpRequest, chosen: QuerySet[Message]) -> TemplateResponse | None:
        """Asks first: a text that is deleted is gone."""
        rows = self.few_enough(request, chosen.filter(deleted_at=None))
        if not rows:
            return None
        if "confirmed" not in request.POST:
            return self._ask(request, rows)
        self.act(request, rows, lambda m: actions.moderate_message(m.pk), gettext("Deleted the message."))
        said = ngettext("One message is deleted.", "%(count)d messages are deleted.", len(rows))
        self.message_user(request, said % {"count": len(rows)}, messages.SUCCESS)
        return None

    def _ask(self, request: HttpRequest, rows: list[Message]) -> TemplateResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("Delete messages"),
            "opts": self.opts,
            "rows": rows,
            "checkbox": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/chat/message/delete_messages.html", context)


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
        rows = chosen.filter(user__is_active=True)
        self._set(request, rows, actions.deactivate_person, gettext("Deactivated."))

    @admin.action(description=_("Reactivate: back in, with their rooms"), permissions=["moderate"])
    def reactivate(self, request: HttpRequest, chosen: QuerySet[Person]) -> None:
        rows = chosen.filter(user__is_active=False, left_at=None)
        self._set(request, rows, actions.reactivate_person, gettext("Reactivated."))

    def _set(
        self, request: HttpRequest, chosen: QuerySet[Person], act: Callable[[Person], object], said: str
    ) -> None:
        rows = self.few_enough(request, chosen)
        out_of_reach = [person.display_name for person in rows if not self._in_reach(request, person)]
        if out_of_reach:
            refusal = gettext("Not yourself, nor a superuser while you are none: %(names)s.")
            self.message_user(request, refusal % {"names": ", ".join(out_of_reach)}, messages.ERROR)
        elif rows:
            self.act(request, rows, act, said)
            done = ngettext("Done, for one person.", "Done, for %(count)d people.", len(rows))
            self.message_user(request, done % {"count": len(rows)}, messages.SUCCESS)

    def _in_reach(self, request: HttpRequest, person: Person) -> bool:
        superuser = getattr(person.user, "is_superuser", False)
        return person.user_id != request.user.pk and (request.user.is_superuser or not superuser)


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


@admin.register(Invitation)
class InvitationAdmin(LookingAdmin):
    list_display = ("whom", "room", "invited_by", "uses", "most_uses", "expires_at", "ending")
    list_filter = ("created_at", ("revoked_at", admin.EmptyFieldListFilter), "room__kind")
    list_select_related = ("room", "invited_by", "person")
    search_fields = ("email", "person__display_name", "invited_by__display_name", "room__name")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    fields = (
        "room",
        "invited_by",
        "person",
        "email",
        "created_at",
        "expires_at",
        "uses",
        "most_uses",
        "revoked_at",
        "declined_at",
    )
    actions = ("revoke",)

    @admin.display(description=_("for"))
    def whom(self, invitation: Invitation) -> str:
        return str(invitation.person or invitation.email or gettext("whoever has the link"))

    @admin.action(description=_("Take back: nobody comes in by it any more"), permissions=["moderate"])
    def revoke(self, request: HttpRequest, chosen: QuerySet[Invitation]) -> None:
        rows = self.few_enough(request, Invitation.objects.open().filter(pk__in=chosen.values("pk")))
        self.act(request, rows, lambda one: actions.moderate_invitation(one.pk), gettext("Taken back."))
        if rows:
            said = ngettext(
                "One invitation is taken back.", "%(count)d invitations are taken back.", len(rows)
            )
            self.message_user(request, said % {"count": len(rows)}, messages.SUCCESS)
