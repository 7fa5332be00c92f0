"""URLs of the deployment."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from hypertalk.accounts.views import welcome

# The admin has no sign-in page of its own, so that rate limits are in one place.
admin.autodiscover()
admin.site.site_header = admin.site.site_title = "hypertalk"
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # allauth's documented way

handler500 = "chat.views.broken.error"

urlpatterns = [
    # Nor a password page of its own: it would allow unlimited guesses of the old password.
    path("admin/password_change/", RedirectView.as_view(pattern_name="account_change_password")),
    path("admin/", admin.site.urls),
    path("welcome/", welcome, name="welcome"),
    path("accounts/", include("hypertalk.accounts.urls")),
    path("", include("chat.urls")),
]
