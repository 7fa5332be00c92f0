"""Users: who can sign in. Whether somebody is a member of the chat is changed on their person, through its action."""

from typing import TYPE_CHECKING, Any

# These register the pages that are unregistered below.
import allauth.account.admin
import allauth.mfa.admin
import allauth.usersessions.admin  # noqa: F401
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from chat.actions import ensure_person
from hypertalk.accounts.addresses import vouch_for
from hypertalk.accounts.models import User, Workspace

# Django's admin classes are generic for the type checker only.
if TYPE_CHECKING:
    _CreationForm = AdminUserCreationForm[User]
    _UserAdmin = DjangoUserAdmin[User]
    _WorkspaceAdmin = admin.ModelAdmin[Workspace]
    _AuthenticatorAdmin = admin.ModelAdmin[Authenticator]
else:
    _CreationForm, _UserAdmin = AdminUserCreationForm, DjangoUserAdmin
    _WorkspaceAdmin = _AuthenticatorAdmin = admin.ModelAdmin

# allauth's own pages would change addresses separately from the user who signs in with them, show the secrets of codes,
# and tell moderators where people are.
admin.site.unregister([EmailAddress, Authenticator, UserSession])


class NewUserForm(_CreationForm):
    class Meta:
        model = User
        fields = ("email",)


@admin.register(Workspace)
class WorkspaceAdmin(_WorkspaceAdmin):
    """The single row; who may change it decides who can sign up. Its picture is changed on a page of its own."""

    list_display = ("__str__", "signup", "domain")
    fields = ("name", "signup", "domain")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Workspace.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Workspace | None = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(_UserAdmin):
    """Django's own, for users identified by their email address."""

    add_form = NewUserForm
    list_display = ("email", "is_active", "is_staff", "is_superuser", "date_joined", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser", "date_joined")
    search_fields = ("email", "person__display_name")
    ordering = ("email",)
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        (
            _("Permissions"),
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
        (_("Important dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "usable_password", "password1", "password2")}),)
    show_full_result_count = False

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Active, staff and superuser are changed by an action on the person, and so are in the audit log. Only
        superusers give the other rights.
        """
        always = ("is_active", "is_staff", "is_superuser", "last_login", "date_joined")
        rights = ("groups", "user_permissions")
        return always if request.user.is_superuser else (*always, *rights)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Only superusers may change another administrator's account: its password or address gives control of it."""
        keeps = obj is not None and (obj.is_superuser or obj.is_staff) and obj != request.user
        if keeps and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        ensure_person(obj)
        if not change or "email" in form.changed_data:
            vouch_for(obj)  # the old address can't sign in to this account any more


@admin.register(Authenticator)
class AuthenticatorAdmin(_AuthenticatorAdmin):
    """For people who lost phone and codes: superusers can turn off their two-factor sign-in. No secret is shown."""

    list_display = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type",)
    list_select_related = ("user",)
    search_fields = ("user__email",)
    fields = readonly_fields = ("user", "type", "created_at", "last_used_at")
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Authenticator | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Authenticator | None = None) -> bool:
        return bool(request.user.is_superuser)
