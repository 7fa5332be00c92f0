"""Addresses of the deployment."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from hypertalk.accounts.views import welcome

# The admin has no door of its own: sign-in, with its throttles, is in one place.
admin.autodiscover()
admin.site.site_header = admin.site.site_title = "hypertalk"
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # allauth's documented way

urlpatterns = [
    path("admin/", admin.site.urls),
    path("welcome/", welcome, name="welcome"),
    path("accounts/", include("hypertalk.accounts.urls")),
    path("", include("chat.urls")),
]
