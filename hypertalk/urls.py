"""URLs of the deployment."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path, re_path, reverse_lazy
from django.utils.text import format_lazy
from django.views.generic import RedirectView

from hypertalk.accounts.views import picture, welcome

# The admin has no sign-in page of its own, so that rate limits are in one place.
admin.autodiscover()
admin.site.site_header = admin.site.site_title = "hypertalk"
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # allauth's documented way

handler500 = "chat.views.broken.error"

urlpatterns = [
    # Nor a password page of its own: it would allow unlimited guesses of the old password.
    path("admin/password_change/", RedirectView.as_view(pattern_name="account_change_password")),
    # The workspace's address in older releases: open pages and bookmarks go on working.
    re_path(
        r"^admin/accounts/installation/(?P<rest>.*)$",
        RedirectView.as_view(
            url=format_lazy("{}%(rest)s", reverse_lazy("admin:accounts_workspace_changelist")),
            query_string=True,
            preserve_request=True,
        ),
    ),
    path("admin/", admin.site.urls),
    path("welcome/", welcome, name="welcome"),
    path("workspace/picture/<slug:digest>.webp", picture, name="workspace_picture"),
    path("accounts/", include("hypertalk.accounts.urls")),
    path("", include("chat.urls")),
]
