"""Delete one's own account. It asks for the password, so that an unattended browser is not enough."""

from typing import Any

from allauth.account.forms import ReauthenticateForm
from allauth.decorators import rate_limit
from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from chat import actions
from chat.errors import Refused
from chat.views.last_room import COOKIE
from hypertalk.accounts.forms import dress
from hypertalk.accounts.security import empty_browser


class DeletionForm(ReauthenticateForm):  # type: ignore[misc]  # allauth is untyped
    said = forms.ChoiceField(
        label=_("Your messages"),
        choices=(
            ("stays", _("Keep them, under the name “Former member”.")),
            ("goes", _("Delete them for everyone.")),
        ),
        initial="stays",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)


@require_http_methods(["GET", "POST"])
@login_required
@rate_limit(action="reauthenticate")  # type: ignore[untyped-decorator]  # allauth is untyped
def delete(request: HttpRequest) -> HttpResponse:
    """GET: show what deletion means, or what to do first. POST: delete the account."""
    person = actions.ensure_person(request.user)  # type: ignore[arg-type]  # signed in
    form = DeletionForm(request.POST or None, user=request.user, initial={"said": "stays"})
    if request.method == "POST" and form.is_valid():
        try:
            actions.delete_account(person, with_messages=form.cleaned_data["said"] == "goes")
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            logout(request)
            messages.success(request, gettext("Your account was deleted."))
            response = redirect("account_login")
            empty_browser(response)  # nobody can send the outbox any more
            response.delete_cookie(COOKIE, path=reverse("chat:home"))
            return response
    context = {"form": form, "why_not": actions.why_not_delete(person)}
    return render(request, "account/delete.html", context, status=422 if form.is_bound else 200)
