"""The pages of allauth that exist here; all others are off."""

from allauth.account import views
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import path, re_path
from django.views.generic import RedirectView

from hypertalk.accounts import security
from hypertalk.accounts.deletion import delete
from hypertalk.accounts.security import limited
from hypertalk.accounts.views import SignupView, workspace

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("signup/", SignupView.as_view(), name="account_signup"),
    path("logout/", security.logout, name="account_logout"),
    path("delete/", delete, name="account_delete"),
    path("workspace/", workspace, name="workspace"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("confirm-email/", views.email_verification_sent, name="account_email_verification_sent"),
    re_path(r"^confirm-email/(?P<key>[-:\w]+)/$", views.confirm_email, name="account_confirm_email"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("password/set/", views.password_set, name="account_set_password"),
    path("password/reset/", views.password_reset, name="account_reset_password"),
    path("password/reset/done/", views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    # Sign-in and security: one page of ours where allauth has an index for each part.
    path("security/", security.index, name="mfa_index"),
    path("security/email/", views.email, name="account_email"),
    path("security/sessions/", security.sessions, name="usersessions_list"),
    path("security/app/", limited(totp.activate_totp), name="mfa_activate_totp"),
    path("security/app/remove/", limited(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("security/codes/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("security/codes/download/", recovery.download_recovery_codes, name="mfa_download_recovery_codes"),
    path(
        "security/codes/new/", limited(recovery.generate_recovery_codes), name="mfa_generate_recovery_codes"
    ),
    path("security/passkeys/", RedirectView.as_view(pattern_name="mfa_index"), name="mfa_list_webauthn"),
    path("security/passkeys/new/", limited(security.add_passkey), name="mfa_add_webauthn"),
    path("security/passkeys/<int:pk>/", limited(webauthn.edit_webauthn), name="mfa_edit_webauthn"),
    path("security/passkeys/<int:pk>/remove/", limited(webauthn.remove_webauthn), name="mfa_remove_webauthn"),
    path("two-factor/", mfa.authenticate, name="mfa_authenticate"),
    path("reauthenticate/code/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("reauthenticate/passkey/", security.passkey_again, name="mfa_reauthenticate_webauthn"),
    path("passkey/", security.passkey_sign_in, name="mfa_login_webauthn"),
]
