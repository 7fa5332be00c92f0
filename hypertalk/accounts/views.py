"""The first-run page and the sign-up page."""

from typing import Any

from allauth.account import views as allauth
from django.contrib.auth import login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from hypertalk.accounts.first_run import AlreadyBegun, begin, is_empty
from hypertalk.accounts.forms import WelcomeForm


@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest) -> HttpResponse:
    """Create the owner's account of a new workspace. Answers 404 once there is one."""
    if not is_empty():
        raise Http404
    form = WelcomeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            user = begin(
                given["email"],
                given["password"],
                given["display_name"],
                signup=given["signup"],
                domain=given["domain"],
            )
        except AlreadyBegun:
            return redirect("account_login")
        login(request, user)
        return redirect("chat:rooms")
    return render(request, "account/welcome.html", {"form": form}, status=422 if form.is_bound else 200)


class SignupView(allauth.SignupView):  # type: ignore[misc]  # allauth is untyped
    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        """Save the account and the job of its confirmation mail in one transaction."""
        answer: HttpResponse = super().form_valid(form)
        return answer
