"""Sign-up with an invitation: who may, and to which room it leads."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from chat.actions import accept_invitation, reserve_invitation
from chat.errors import ChatError
from chat.invitations.session_invitation import SessionInvitation, drop_invitation
from chat.models import Person
from hypertalk.accounts.addresses import awaited
from hypertalk.accounts.models import Workspace

INVITED_TO = "invited_to"  # session key: the URL of the room, until the new account is redirected there


def check_address(email: str, invited: SessionInvitation | None) -> None:
    """Whether this address may sign up, on its own or with the invitation. Raises ValidationError."""
    workspace = Workspace.current()
    if workspace.welcomes(email) or (invited and invited.invitation.email in {"", email}):
        return
    if invited:
        raise ValidationError(
            _("This invitation is for %(email)s. Use that address."),
            params={"email": invited.invitation.email},
        )
    workspace.check_domain(email)
    raise ValidationError(_("You need an invitation to create an account here."))


def come_in(request: HttpRequest, person: Person, invited: SessionInvitation) -> None:
    """Accept the invitation of a new account; the room opens when the address is confirmed.

    Call it in the transaction that creates the account. Raises ChatError if sign-up requires the invitation and it is
    no longer valid.
    """
    room = None
    try:
        if awaited().filter(user=person.user_id).exists():
            reserve_invitation(person, invited.token)
        else:
            room = accept_invitation(person, invited.token)
    except ChatError as error:
        if not Workspace.current().welcomes(person.email):
            raise
        messages.warning(request, str(error))
    else:
        if room is not None:
            request.session[INVITED_TO] = reverse("chat:room", args=[room.pk])
    drop_invitation(request)
