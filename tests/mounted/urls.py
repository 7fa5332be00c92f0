from django.contrib import admin
from django.urls import include, path

from hypertalk.accounts.views import welcome

handler500 = "chat.views.broken.error"  # a database that is away is told as such, to people and to scripts

urlpatterns = [
    path("admin/", admin.site.urls),
    path("welcome/", welcome, name="welcome"),
    path("accounts/", include("hypertalk.accounts.urls")),
    path("chat/", include("chat.urls")),
]
