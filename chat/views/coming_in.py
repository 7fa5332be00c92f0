"""Pages for invited people, with or without an account: accept or decline."""

from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from chat import actions
from chat.actions.accepting import over
from chat.errors import Limited, NotFound
from chat.invitations.session_invitation import drop_invitation, keep_in_session
from chat.limits import allow, neighbourhood
from chat.models import Ban, Invitation, Member
from chat.models.invitation import read_token
from chat.views.access import ChatRequest, go_to, signed_in
from chat.views.pages import confirm, page


@never_cache
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponseBase:
    """The invitation page, for anyone with a token. POST accepts. 404 if the token's signature is not valid.

    Without an account the token is stored in the session, and sign-up uses it.
    """
    try:
        allow("token", neighbourhood(request.META["REMOTE_ADDR"]))
    except Limited as error:
        response = render(request, "chat/shell/too_often.html", status=429)
        response["Retry-After"] = str(error.retry_after)
        return response
    claims = read_token(token)
    rows = Invitation.objects.select_related("room", "invited_by")
    found = rows.filter(pk=claims.invitation_id).first() if claims else None
    if found is None:
        raise Http404
    if request.user.is_authenticated or request.method == "POST":
        return _to_person(request, found, token)
    if found.person_id is not None:
        return redirect_to_login(request.path)
    if not Invitation.objects.usable().filter(pk=found.pk).exists():
        return _over(request)
    keep_in_session(request, token)
    return render(request, "chat/invitations/invited.html", {"invitation": found, "host": request.get_host()})


@require_http_methods(["GET", "POST"])
@signed_in
def decline(request: ChatRequest, token: str) -> HttpResponse:
    """GET: asks for confirmation. POST: declines, and goes back to the rooms."""
    allow("token", neighbourhood(request.META["REMOTE_ADDR"]))
    claims = read_token(token)
    if claims is None:
        raise NotFound
    if request.method == "GET":
        return _ask_to_decline(request, claims.invitation_id)
    actions.decline_invitation(request.person, claims.invitation_id)
    return go_to(request, reverse("chat:rooms"))


def _ask_to_decline(request: ChatRequest, invitation_id: UUID) -> HttpResponse:
    mine = Invitation.objects.filter(pk=invitation_id, person=request.person).select_related("room")
    found = mine.first()
    if found is None:
        raise NotFound
    return confirm(
        request,
        _("Decline the invitation to %(room)s?") % {"room": f"#{found.room.name}" if found.room else ""},
        _("It can't be used any more. To join later, you need a new invitation."),
        _("Decline"),
        up=reverse("chat:rooms"),
        danger=True,
    )


@signed_in
def _to_person(request: ChatRequest, found: Invitation, token: str) -> HttpResponse:
    if found.person_id not in {None, request.person.pk}:
        raise NotFound
    if found.room is None:  # they are in the workspace already
        return redirect("chat:rooms")
    if Ban.objects.active().filter(room=found.room, person=request.person).exists():
        raise NotFound
    if request.method == "POST":
        actions.accept_invitation(request.person, token)
        drop_invitation(request)
        return redirect("chat:room", found.room_id)
    if Member.objects.current().filter(room=found.room, person=request.person).exists():
        return redirect("chat:room", found.room_id)
    if not Invitation.objects.usable().filter(pk=found.pk).exists():
        return _over(request)
    wrong = found.email and found.email != request.person.email
    return page(
        request, "chat/invitations/invitation.html", invitation=found, token=token, wrong_address=wrong
    )


def _over(request: HttpRequest) -> HttpResponse:
    return render(request, "chat/invitations/invitation_over.html", {"sentence": over()}, status=410)
