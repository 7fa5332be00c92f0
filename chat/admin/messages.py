"""Messages: those of rooms, and reported ones of direct conversations."""

from typing import cast

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from chat import actions
from chat.admin.base import ModerationAdmin, person_of, reason_of
from chat.models import Message, Report, Room
from chat.models.message import MessageQuerySet

SHOWN = 60  # characters of a message in a list


@admin.register(Message)
class MessageAdmin(ModerationAdmin):
    list_display = ("shown", "author", "room", "created_at", "edited_at", "deleted_at")
    list_filter = ("created_at", ("deleted_at", admin.EmptyFieldListFilter), "room__kind")
    list_select_related = ("author", "room")
    search_fields = ("body", "author__display_name", "author__username", "room__name")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    fields = ("author", "room", "seq", "created_at", "edited_at", "deleted_at", "body")
    actions = ("delete_messages",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        """Direct messages are private until one is reported; expired messages are never shown."""
        reported = Exists(Report.objects.filter(message=OuterRef("pk")))
        found = cast("MessageQuerySet", super().get_queryset(request))
        return found.retained().filter(~Q(room__kind=Room.Kind.DIRECT) | reported)

    @admin.display(description=_("message"), ordering="seq")
    def shown(self, message: Message) -> str:
        return Truncator(message.excerpt).chars(SHOWN) or "–"

    @admin.action(description=_("Delete selected messages for everyone"), permissions=["moderate"])
    def delete_messages(self, request: HttpRequest, chosen: QuerySet[Message]) -> TemplateResponse | None:
        """Asks for confirmation first, because deleted text is lost."""
        rows = self.few_enough(request, chosen.filter(deleted_at=None))
        asked = self.ask(
            request,
            "delete_messages",
            rows,
            title=gettext("Delete messages"),
            meaning=ngettext(
                "This message is deleted for everyone. This can't be undone.",
                "These %(count)d messages are deleted for everyone. This can't be undone.",
                len(rows),
            )
            % {"count": len(rows)},
            doing=gettext("Delete for everyone"),
            template="admin/chat/message/delete_messages.html",
        )
        if asked is None and rows:
            person, reason = person_of(request), reason_of(request)
            self.act(request, rows, lambda message: actions.moderate_message(person, message.pk, reason))
        return asked
