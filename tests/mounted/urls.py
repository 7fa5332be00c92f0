from django.contrib import admin
from django.urls import include, path

from hypertalk.accounts.views import welcome

urlpatterns = [
    path("admin/", admin.site.urls),
    path("welcome/", welcome, name="welcome"),
    path("accounts/", include("hypertalk.accounts.urls")),
    path("chat/", include("chat.urls")),
]
