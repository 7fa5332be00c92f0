"""The workspace's name and picture, and the form of its first run."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from chat.actions.people import DISPLAY_NAME_LIMIT
from chat.errors import Invalid, Limited
from chat.media.pictures import LARGE, MAX_BYTES, square
from chat.text.cleaning import clean_line
from hypertalk.accounts.forms import Dressed, clean_name
from hypertalk.accounts.models import NAME_LIMIT, User, Workspace


class WorkspaceForm(Dressed, forms.Form):
    """``cleaned_data["picture"]`` is the picture as it is stored, or empty."""

    workspace = forms.CharField(
        label=_("Workspace name"),
        max_length=NAME_LIMIT,
        widget=forms.TextInput(attrs={"autocomplete": "organization", "dir": "auto"}),
    )
    picture = forms.FileField(label=_("Workspace picture (optional)"), required=False, widget=forms.FileInput)

    def clean_workspace(self) -> str:
        if name := clean_line(self.cleaned_data["workspace"]):
            return name
        raise ValidationError(_("The workspace needs a name."))

    def clean_picture(self) -> bytes:
        upload = self.cleaned_data["picture"]
        try:
            return square(upload.read(MAX_BYTES + 1), LARGE) if upload else b""
        except (Invalid, Limited) as error:
            raise ValidationError(str(error)) from error


class WelcomeForm(WorkspaceForm):
    """The workspace, its first account, and who may sign up after it."""

    display_name = forms.CharField(
        label=_("Your name"),
        max_length=DISPLAY_NAME_LIMIT,
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )
    email = forms.EmailField(
        label=_("Email"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    password = forms.CharField(
        label=_("Password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    signup = forms.ChoiceField(
        label=_("Who can create an account"),
        choices=Workspace.Signup.choices,
        initial=Workspace.Signup.ANYONE,
    )
    domain = forms.CharField(
        label=_("Email domain"),
        max_length=253,
        required=False,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )

    def clean_display_name(self) -> str:
        return clean_name(self.cleaned_data["display_name"])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        workspace = Workspace(signup=given.get("signup", ""), domain=given.get("domain", ""))
        try:
            workspace.clean()
        except ValidationError as error:
            self.add_error(None, error)
        given["domain"] = workspace.domain
        if "password" in given:
            try:
                validate_password(given["password"], User(email=given.get("email", "")))
            except ValidationError as error:
                self.add_error("password", error)
        return given
