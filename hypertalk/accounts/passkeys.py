"""Codes and passkeys: allauth's forms with our styles, and with malformed credentials handled."""

import json
import struct
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base import forms as codes
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from fido2.webauthn import RegistrationResponse

from hypertalk.accounts.forms import Dressed

NAME_LIMIT = 60
CREDENTIAL_LIMIT = 20_000  # characters; a real one has about two thousand
PASSKEYS = 10  # per account

DID_NOT_WORK = gettext_lazy("The passkey did not work. Try again.")
# What the libraries raise for a malformed credential; they expect a browser to have made it.
_NONSENSE = (
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    struct.error,
    InvalidSignature,
    UnsupportedAlgorithm,
)


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is untyped
    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:  # noqa: A002
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return _("Passkey %(number)d") % {"number": count + 1} if count else _("Passkey")


class CodeForm(Dressed, codes.AuthenticateForm):  # type: ignore[misc]  # allauth is untyped
    pass


class CodeAgainForm(Dressed, codes.ReauthenticateForm):  # type: ignore[misc]  # allauth is untyped
    pass


class ActivateTOTPForm(Dressed, totp.ActivateTOTPForm):  # type: ignore[misc]  # allauth is untyped
    code = forms.CharField(
        label=gettext_lazy("Code"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
    )


class CredentialField(forms.Field):
    """A browser's answer, as a mapping. A form that is shown again asks the browser again."""

    widget = forms.HiddenInput
    default_error_messages = {"required": DID_NOT_WORK}

    def to_python(self, value: Any) -> Any:
        """Parse JSON. Django's JSON field fails on deeply nested brackets and on numbers of thousands of digits."""
        if value in self.empty_values:
            return None
        try:
            given = json.loads(value) if len(value) <= CREDENTIAL_LIMIT else None
        except (ValueError, RecursionError):
            given = None
        if not isinstance(given, dict):
            raise ValidationError(DID_NOT_WORK)
        return given

    def bound_data(self, data: Any, initial: Any) -> Any:
        return None


class _WithCredential(Dressed, forms.Form):
    credential = CredentialField()

    def clean_credential(self) -> Any:
        """Returns the authenticator if allauth's form beside this one finds it, else the cleaned value."""
        check = getattr(super(), "clean_credential", None)
        try:
            return check() if check else self.cleaned_data["credential"]
        except _NONSENSE as error:
            raise ValidationError(DID_NOT_WORK) from error


class PasskeySignInForm(_WithCredential, webauthn.LoginWebAuthnForm):  # type: ignore[misc]  # allauth is untyped
    pass


class PasskeyForm(_WithCredential, webauthn.AuthenticateWebAuthnForm):  # type: ignore[misc]  # allauth is untyped
    pass


class PasskeyAgainForm(_WithCredential, webauthn.ReauthenticateWebAuthnForm):  # type: ignore[misc]  # as above
    pass


class AddPasskeyForm(_WithCredential, webauthn.AddWebAuthnForm):  # type: ignore[misc]  # allauth is untyped
    """Always registers a passkey that works without a password; the choice would be a question nobody understands."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=NAME_LIMIT, required=False)
    passwordless = None  # removes allauth's field

    def clean_credential(self) -> dict[str, Any]:
        """Keep only the fields that are needed, since they are stored unchanged."""
        given = super().clean_credential()
        try:
            parsed = dict(RegistrationResponse.from_dict(given))
        except _NONSENSE as error:
            raise ValidationError(DID_NOT_WORK) from error
        return {name: parsed[name] for name in ("id", "rawId", "type", "response") if name in parsed}

    def clean(self) -> dict[str, Any]:
        registered = Authenticator.objects.filter(user=self.user, type=Authenticator.Type.WEBAUTHN)
        if registered.count() >= PASSKEYS:
            raise ValidationError(_("You have reached the maximum number of passkeys. Remove one first."))
        try:
            return super().clean() or {}
        except _NONSENSE as error:
            raise ValidationError(DID_NOT_WORK) from error


class RenamePasskeyForm(Dressed, webauthn.EditWebAuthnForm):  # type: ignore[misc]  # allauth is untyped
    name = forms.CharField(label=gettext_lazy("Name"), max_length=NAME_LIMIT)
