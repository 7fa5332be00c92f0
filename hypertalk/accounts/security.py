"""Sign-in and security: the page with links to all security settings of an account, and additions to allauth's views."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from allauth.account import views as account
from allauth.account.models import EmailAddress
from allauth.core.internal import ratelimit
from allauth.decorators import rate_limit
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import views as webauthn
from allauth.mfa.webauthn.internal import auth
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from chat.views.access import ChatRequest, go_to, is_whole_number, signed_in
from chat.views.last_room import COOKIE
from chat.views.pages import page
from hypertalk.accounts.devices import devices_of

type View = Callable[..., HttpResponse]


def limited(view: View) -> View:
    """Require a session and limit the rate: each of these views writes, and sends a mail."""
    return login_required(rate_limit(action="manage_mfa")(view))  # type: ignore[no-any-return]  # allauth is untyped


@require_http_methods(["GET", "POST"])
def logout(request: ChatRequest) -> HttpResponse:
    """Wraps allauth's logout, and clears the browser's data of this site: offline copies and pictures.

    Our scripts do that too; this is for browsers without scripts. Never in response to GET, which other sites can send.
    """
    response: HttpResponse = account.logout(request)
    if request.method == "POST" and not request.user.is_authenticated:
        if response.status_code == HTTPStatus.FOUND:
            response = go_to(request, response["Location"])
        empty_browser(response)
        response.delete_cookie(COOKIE, path=reverse("chat:home"))
    return response


def empty_browser(response: HttpResponse) -> None:
    """Clear the browser's data. Only for responses to our own forms after which the user is signed out."""
    response["Clear-Site-Data"] = '"cache", "storage"'


@require_safe
@signed_in
def index(request: ChatRequest) -> HttpResponse:
    """Overview of password, address, codes, passkeys and sessions. Runs three queries of its own."""
    by_type: dict[str, list[Any]] = {}
    for authenticator in Authenticator.objects.filter(user=request.user).order_by("created_at"):
        by_type.setdefault(authenticator.type, []).append(authenticator)
    codes = by_type.get(Authenticator.Type.RECOVERY_CODES)
    return page(
        request,
        "account/security.html",
        wish=EmailAddress.objects.get_new(request.user),
        totp=by_type.get(Authenticator.Type.TOTP),
        passkeys=by_type.get(Authenticator.Type.WEBAUTHN, []),
        codes=codes,
        codes_left=len(codes[0].wrap().get_unused_codes()) if codes else 0,
    )


@require_http_methods(["GET", "POST"])
@signed_in
def sessions(request: ChatRequest) -> HttpResponse:
    """List active sessions. POST ends the named one, which must be the user's own (else 404), or all others."""
    devices = devices_of(request)
    if request.method == "GET":
        return page(request, "usersessions/usersession_list.html", devices=devices)
    chosen = request.POST.get("session", "")
    if chosen == "others":
        ended = [device.row for device in devices if not device.is_this]
    else:
        number = int(chosen) if is_whole_number(chosen) else 0
        ended = [get_object_or_404(UserSession, pk=number, user=request.user)]
    for row in ended:
        row.end()
    text = ngettext("Session ended.", "%(count)d sessions ended.", len(ended))
    messages.success(request, text % {"count": len(ended)} if ended else _("There are no other sessions."))
    return redirect("usersessions_list")


class AddPasskey(webauthn.AddWebAuthnView):  # type: ignore[misc]  # allauth is untyped
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Ask for a passkey that works without a password; allauth leaves that to a checkbox and its script."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"js_data": {"creation_options": auth.begin_registration(self.request.user, True)}}


class PasskeyAgain(webauthn.ReauthenticateWebAuthnView):  # type: ignore[misc]  # allauth is untyped
    def form_invalid(self, form: Any) -> HttpResponse:
        """Redirect back here. allauth would redirect to the sign-in page, which sends signed-in users away."""
        for sentence in form.errors.get("credential", []):
            messages.error(self.request, sentence)
        return redirect(self.passthrough_next_url(self.request.path))


add_passkey = AddPasskey.as_view()
passkey_again = login_required(PasskeyAgain.as_view())


@ratelimit.decorator(app="allauth.mfa", action="webauthn_challenge", limit_get=True)  # type: ignore[untyped-decorator]
def passkey_sign_in(request: HttpRequest) -> HttpResponse:
    """GET for scripts: creates a challenge in the session, so this is rate-limited too."""
    return webauthn.login_webauthn(request)  # type: ignore[no-any-return]  # allauth is untyped
