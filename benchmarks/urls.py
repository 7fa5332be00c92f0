"""One more page: signed in, and empty."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path


@login_required
def empty(request: HttpRequest) -> HttpResponse:
    return render(request, "empty.html")


urlpatterns = [path("empty/", empty), path("", include("hypertalk.urls"))]
