"""allauth's forms with our own styles, and the name that sign-up asks for."""

from typing import Any, ClassVar

from allauth.account import forms as allauth
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.core import context
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from chat.actions import ensure_person
from chat.actions.people import DISPLAY_NAME_LIMIT, clean_display_name, refuse_impersonation
from chat.errors import ChatError, Invalid
from chat.invitations.session_invitation import invitation_in_session
from hypertalk.accounts.addresses import asks_for_confirmation, is_taken, let_go_of_wishes, vouch_for
from hypertalk.accounts.invited import check_address, come_in
from hypertalk.accounts.managers import plain_email
from hypertalk.accounts.models import User

NEW_PASSWORD: dict[str, Any] = {"password1": _("New password"), "password2": _("Repeat new password")}
PASSWORD_LIMIT = 1000  # characters: hashing megabytes would be an attack


def dress(form: forms.Form) -> None:
    """Add our CSS class instead of placeholders, and limit the length of passwords."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
        if not isinstance(field.widget, forms.CheckboxInput):
            field.widget.attrs["class"] = "input"
        if isinstance(field.widget, forms.PasswordInput):
            field.widget.attrs["maxlength"] = PASSWORD_LIMIT
            field.validators.append(MaxLengthValidator(PASSWORD_LIMIT))
        field.help_text = ""


class Dressed(forms.Form):
    """Mixin for allauth's forms that adds our styles. ``labels`` replaces their labels."""

    labels: ClassVar[dict[str, Any]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)
        for name, label in self.labels.items():
            self.fields[name].label = label


class LoginForm(Dressed, allauth.LoginForm):  # type: ignore[misc]  # allauth is untyped
    labels = {"login": _("Email")}


class SignupForm(Dressed, allauth.SignupForm):  # type: ignore[misc]  # allauth is untyped
    display_name = forms.CharField(
        label=_("Your name"),
        max_length=DISPLAY_NAME_LIMIT,
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )
    field_order = ["display_name", "email", "password1"]
    labels = {"email": _("Email")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invited = invitation_in_session(context.request)
        if self.invited and self.invited.invitation.email:
            self.initial.setdefault("email", self.invited.invitation.email)

    def clean_display_name(self) -> str:
        return clean_name(self.cleaned_data["display_name"], new=True)

    def validate_unique_email(self, value: str) -> str:
        let_go_of_wishes(value)
        return str(super().validate_unique_email(value))

    def clean_email(self) -> str:
        check_address(plain_email(self.cleaned_data["email"]), self.invited)
        email: str = super().clean_email()
        return email

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """For an existing account, take as long as for a new one: hashing takes a third of a second.

        If the invitation has become invalid since the form was opened, show the same page as its link does.
        """
        if self.account_already_exists:
            User().set_password(self.cleaned_data["password1"])
        try:
            user, response = super().try_save(request)
        except ChatError as error:
            context = {"sentence": str(error)}
            return None, render(request, "chat/invitations/invitation_over.html", context, status=410)
        return user, response

    @transaction.atomic
    def save(self, request: HttpRequest) -> User:
        """Create the account and its person, and accept the invitation, all or nothing. Raises ChatError.

        Not called if the address has an account already: its owner gets a mail, and the visitor does not learn of it.
        """
        user: User = super().save(request)
        person = ensure_person(user, self.cleaned_data["display_name"])
        if not asks_for_confirmation():
            vouch_for(user)
        if self.invited:
            come_in(request, person, self.invited)
        return user


def clean_name(name: str, *, new: bool = False) -> str:
    """Return the canonical form of a name. ``new`` refuses names that look like those of owners and moderators."""
    try:
        cleaned = clean_display_name(name)
        if new:
            refuse_impersonation(cleaned)
        return cleaned
    except Invalid as error:
        raise ValidationError(str(error)) from error


class ChangeEmailForm(Dressed, allauth.AddEmailForm):  # type: ignore[misc]  # allauth is untyped
    email = forms.EmailField(
        label=_("New email address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )

    def clean_email(self) -> str:
        email = str(super().clean_email())
        # With confirmation nobody learns who has an account: the mail goes to the owner of the address.
        if not asks_for_confirmation() and is_taken(email):
            raise get_adapter().validation_error("email_taken")
        return email

    @transaction.atomic
    def save(self, request: HttpRequest) -> EmailAddress:
        """With a mail server the change waits for confirmation; without one it is done at once.

        The mail's job is saved in the same transaction.
        """
        if asks_for_confirmation():
            return super().save(request)
        wish = EmailAddress.objects.add_new_email(
            request, self.user, self.cleaned_data["email"], send_verification=False
        )
        get_adapter().confirm_email(request, wish)
        return wish


class ReauthenticateForm(Dressed, allauth.ReauthenticateForm):  # type: ignore[misc]  # allauth is untyped
    pass


class ChangePasswordForm(Dressed, allauth.ChangePasswordForm):  # type: ignore[misc]  # allauth is untyped
    labels = {"oldpassword": _("Current password")} | NEW_PASSWORD


class SetPasswordForm(Dressed, allauth.SetPasswordForm):  # type: ignore[misc]  # allauth is untyped
    labels = NEW_PASSWORD


class ResetPasswordForm(Dressed, allauth.ResetPasswordForm):  # type: ignore[misc]  # allauth is untyped
    users: list[User]
    labels = {"email": _("Email")}

    def clean_email(self) -> str:
        """Ignore unconfirmed changes of address: a mistyped one may be a stranger's."""
        email = str(super().clean_email())
        self.users = [user for user in self.users if user.email == plain_email(email)]
        return email


class ResetPasswordKeyForm(Dressed, allauth.ResetPasswordKeyForm):  # type: ignore[misc]  # allauth is untyped
    labels = NEW_PASSWORD
