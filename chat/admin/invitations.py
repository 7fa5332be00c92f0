"""Invitations: whom, by whom, and revoking them."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat import actions
from chat.admin.base import ModerationAdmin, person_of
from chat.models import Invitation


@admin.register(Invitation)
class InvitationAdmin(ModerationAdmin):
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
        "mail_refused_at",
    )
    actions = ("revoke",)

    @admin.display(description=_("for"))
    def whom(self, invitation: Invitation) -> str:
        return str(invitation.person or invitation.email or gettext("anyone with the link"))

    @admin.action(description=_("Revoke selected invitations"), permissions=["moderate"])
    def revoke(self, request: HttpRequest, chosen: QuerySet[Invitation]) -> TemplateResponse | None:
        rows = self.few_enough(request, Invitation.objects.open().filter(pk__in=chosen.values("pk")))
        asked = self.ask(
            request,
            "revoke",
            rows,
            title=gettext("Revoke invitations"),
            meaning=gettext("Nobody can join with these invitations any more. This can't be undone."),
            doing=gettext("Revoke"),
            called=self.whom,
        )
        if asked is None:
            by = person_of(request)
            self.act(request, rows, lambda one: actions.revoke_invitation(by, one.pk, from_above=True))
        return asked
