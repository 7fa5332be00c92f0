"""The audit log: read, filter and search."""

from django.contrib import admin

from chat.admin.base import ModerationAdmin
from chat.models import AuditEntry


@admin.register(AuditEntry)
class AuditAdmin(ModerationAdmin):
    list_display = ("at", "actor", "act", "person", "room", "reason", "details")
    list_filter = ("act", "at")
    list_select_related = ("actor", "person", "room")
    search_fields = (
        "actor__display_name",
        "actor__username",
        "person__display_name",
        "person__username",
        "room__name",
        "reason",
    )
    date_hierarchy = "at"
    ordering = ("-at", "-pk")
    fields = ("at", "actor", "act", "person", "room", "message_id", "reason", "details")
