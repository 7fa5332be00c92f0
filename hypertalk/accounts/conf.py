"""Settings of the accounts, Django's and allauth's. ``settings.py`` imports all of them."""

from hypertalk import env

AUTHENTICATION_BACKENDS = ["hypertalk.accounts.backends.RememberedUsers"]

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
# Without a mail server nobody can be asked to open a link.
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if env.sends_mail() and not env.flag("DEBUG") else "none"
ACCOUNT_CHANGE_EMAIL = True  # one address per account; a new one replaces it when it is confirmed
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_ADAPTER = "hypertalk.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "hypertalk.accounts.forms.LoginForm",
    "signup": "hypertalk.accounts.forms.SignupForm",
    "reauthenticate": "hypertalk.accounts.forms.ReauthenticateForm",
    "add_email": "hypertalk.accounts.forms.ChangeEmailForm",
    "change_password": "hypertalk.accounts.forms.ChangePasswordForm",
    "set_password": "hypertalk.accounts.forms.SetPasswordForm",
    "reset_password": "hypertalk.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "hypertalk.accounts.forms.ResetPasswordKeyForm",
}
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
# Limits per address (ip), account (key) and signed-in user (user). A wrong code counts as its account's failed sign-in.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "20/5m/ip,5/5m/key",
    "signup": "10/10m/ip",
    "reset_password": "10/10m/ip,3/10m/key",
    "reset_password_from_key": "20/m/ip",
    "change_password": "5/m/user",
    "manage_email": "10/10m/user",
    "confirm_email": "1/3m/key",
    "reauthenticate": "10/10m/user",
    "manage_mfa": "30/10m/user",
}

MFA_ADAPTER = "hypertalk.accounts.passkeys.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "authenticate": "hypertalk.accounts.passkeys.CodeForm",
    "reauthenticate": "hypertalk.accounts.passkeys.CodeAgainForm",
    "activate_totp": "hypertalk.accounts.passkeys.ActivateTOTPForm",
    "login_webauthn": "hypertalk.accounts.passkeys.PasskeySignInForm",
    "authenticate_webauthn": "hypertalk.accounts.passkeys.PasskeyForm",
    "reauthenticate_webauthn": "hypertalk.accounts.passkeys.PasskeyAgainForm",
    "add_webauthn": "hypertalk.accounts.passkeys.AddPasskeyForm",
    "edit_webauthn": "hypertalk.accounts.passkeys.RenamePasskeyForm",
}
# A challenge is stored in a session, which is a row for every visitor.
MFA_RATE_LIMITS = {"webauthn_login": "30/m/ip", "webauthn_challenge": "60/m/ip"}
