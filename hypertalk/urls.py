"""Addresses of the deployment."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from hypertalk.accounts.views import welcome

# The admin has no door of its own: sign-in, with its throttles, is in one place.
admin.autodiscover()
admin.site.site_header = admin.site.site_title = "hypertalk"
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # allauth's documented way

handler500 = "chat.views.broken.error"

urlpatterns = [
    # Nor a page of its own for the password: there one could guess the old one without end.
    path("admin/password_change/", RedirectView.as_view(pattern_name="account_change_password")),
    path("admin/", admin.site.urls),
    path("welcome/", welcome, name="welcome"),
    path("accounts/", include("hypertalk.accounts.urls")),
    path("", include("chat.urls")),
]
