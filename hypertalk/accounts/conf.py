"""Settings of the accounts: Django's and allauth's. ``settings.py`` takes them in whole."""

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
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_ADAPTER = "hypertalk.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "hypertalk.accounts.forms.LoginForm",
    "signup": "hypertalk.accounts.forms.SignupForm",
    "change_password": "hypertalk.accounts.forms.ChangePasswordForm",
    "reset_password": "hypertalk.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "hypertalk.accounts.forms.ResetPasswordKeyForm",
}
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
# How many in how long, by address (ip), by account (key) and by who is signed in (user).
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "20/5m/ip,5/5m/key",
    "signup": "10/10m/ip",
    "reset_password": "10/10m/ip,3/10m/key",
    "reset_password_from_key": "20/m/ip",
    "change_password": "5/m/user",
}
