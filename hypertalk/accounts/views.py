"""The first-run page and the sign-up page; the workspace's name and picture."""

from typing import Any

from allauth.account import views as allauth
from django.contrib import messages
from django.contrib.auth import login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from chat.errors import NotFound
from chat.models import Person
from chat.views.access import ChatRequest, signed_in
from chat.views.pages import ask_to_remove_picture, page
from chat.views.pictures import picture_answer
from hypertalk.accounts.first_run import AlreadyBegun, begin, is_empty
from hypertalk.accounts.models import Workspace
from hypertalk.accounts.workspace_forms import WelcomeForm, WorkspaceForm


@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest) -> HttpResponse:
    """Create a new workspace with its owner's account, and lead to its first room. Answers 404 once there is one."""
    if not is_empty():
        raise Http404
    form = WelcomeForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            begun = begin(
                given["email"],
                given["password"],
                given["display_name"],
                signup=given["signup"],
                domain=given["domain"],
                workspace=given["workspace"],
                webp=given["picture"],
            )
        except AlreadyBegun:
            return redirect("account_login")
        login(request, begun.owner)
        return redirect("chat:room", begun.room.pk)
    return render(request, "account/welcome.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@signed_in
def workspace(request: ChatRequest) -> HttpResponse:
    """The workspace's name and picture, for its owners. ``remove`` takes the picture away, and asks first
    unless ``sure`` is there too.
    """
    if request.person.workspace_role != Person.WorkspaceRole.OWNER:
        raise NotFound
    row = Workspace.current()
    given = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = WorkspaceForm(*given, initial={"workspace": row.name})
    if request.method == "POST" and form.is_valid():
        asked = ask_to_remove_picture(
            request,
            _("Remove the workspace's picture?"),
            _("It is deleted: to have it back, upload it again."),
            up=reverse("workspace"),
            workspace=form.cleaned_data["workspace"],
        )
        if asked is not None:
            return asked
        row.name = form.cleaned_data["workspace"]
        changed = ["name"]
        if form.cleaned_data["picture"] or "remove" in request.POST:
            row.show(form.cleaned_data["picture"])
            changed += ["picture", "webp"]
        row.save(update_fields=changed)  # who may sign up is decided elsewhere, maybe just now
        messages.success(request, _("Saved."))
        return redirect("workspace")
    return page(request, "account/workspace.html", form=form, status=422 if form.is_bound else 200)


@require_safe
def picture(_request: HttpRequest, digest: str) -> HttpResponse:
    """The workspace's picture, for everybody: the sign-in page shows it. One query."""
    row = Workspace._default_manager.filter(picture=digest).only("webp").first()  # noqa: SLF001 - documented
    if row is None or not row.webp:
        raise Http404
    return picture_answer(row.webp, shared=True)


class SignupView(allauth.SignupView):  # type: ignore[misc]  # allauth is untyped
    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        """Save the account and the job of its confirmation mail in one transaction."""
        answer: HttpResponse = super().form_valid(form)
        return answer
