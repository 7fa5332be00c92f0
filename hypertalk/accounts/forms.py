"""allauth's forms in the product's own look, and the name that signing up asks for."""

from typing import Any

from allauth.account import forms as allauth
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from chat.actions import ensure_person
from chat.actions.people import DISPLAY_NAME_LIMIT
from chat.actions.rooms import clean_line
from hypertalk.accounts.models import User

PASSWORD_LIMIT = 1000  # characters: hashing megabytes would be an attack


def dress(form: forms.Form) -> None:
    """Bare fields: our class instead of placeholders, and a bound on passwords."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
        if not isinstance(field.widget, forms.CheckboxInput):
            field.widget.attrs["class"] = "input"
        if isinstance(field.widget, forms.PasswordInput):
            field.widget.attrs["maxlength"] = PASSWORD_LIMIT
            field.validators.append(MaxLengthValidator(PASSWORD_LIMIT))
        field.help_text = ""


class LoginForm(allauth.LoginForm):  # type: ignore[misc]  # allauth is untyped
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)


class SignupForm(allauth.SignupForm):  # type: ignore[misc]  # allauth is untyped
    display_name = forms.CharField(
        label=_("Your name"),
        max_length=DISPLAY_NAME_LIMIT,
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )
    field_order = ["display_name", "email", "password1"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)

    def clean_display_name(self) -> str:
        name = clean_line(self.cleaned_data["display_name"])
        if not name:
            raise ValidationError(_("Others need something to call you."))
        return name

    def save(self, request: HttpRequest) -> User:
        user: User = super().save(request)
        # None when the address has an account already: its owner gets a mail, and nobody here learns of it.
        if user is not None:
            ensure_person(user, self.cleaned_data["display_name"])
        return user


class ChangePasswordForm(allauth.ChangePasswordForm):  # type: ignore[misc]  # allauth is untyped
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)


class ResetPasswordForm(allauth.ResetPasswordForm):  # type: ignore[misc]  # allauth is untyped
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)


class ResetPasswordKeyForm(allauth.ResetPasswordKeyForm):  # type: ignore[misc]  # allauth is untyped
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)
