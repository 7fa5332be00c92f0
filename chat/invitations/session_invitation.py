"""The invitation of a visitor, stored in their session from opening its link until they have an account."""

from typing import NamedTuple

from django.http import HttpRequest

from chat.models import Invitation
from chat.models.invitation import read_token

KEY = "invitation"


class SessionInvitation(NamedTuple):
    """``mailed``: the link was opened from the email to the invitation's address."""

    invitation: Invitation
    token: str
    mailed: bool


def keep_in_session(request: HttpRequest, token: str) -> None:
    request.session[KEY] = token


def invitation_in_session(request: HttpRequest) -> SessionInvitation | None:
    """Returns None unless one is stored and still usable. One query if one is stored, otherwise none."""
    token = str(request.session.get(KEY, ""))
    claims = read_token(token)
    if claims is None:
        return None
    usable = Invitation.objects.usable().select_related("room", "invited_by")
    found = usable.filter(pk=claims.invitation_id).first()
    return SessionInvitation(found, token, claims.mailed) if found else None


def drop_invitation(request: HttpRequest) -> None:
    request.session.pop(KEY, None)
