"""The pages of accounts."""

PAGES = {
    "sign-in": ("/accounts/login/", None),
    "sign-up": ("/accounts/signup/", None),
    "security": ("/accounts/security/", "alice"),
    "sessions": ("/accounts/security/sessions/", "alice"),
    "password": ("/accounts/password/change/", "alice"),
    "delete-account": ("/accounts/delete/", "alice"),
}
