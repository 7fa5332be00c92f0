"""Signing up by an invitation: who may, and where it leads."""

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
from hypertalk.accounts.models import Installation

INVITED_TO = "invited_to"  # in the session: the path of the room, until the new account is led there


def check_address(email: str, invited: SessionInvitation | None) -> None:
    """Whether an account may be made with this address: by itself, or by the invitation. Raises ValidationError."""
    installation = Installation.current()
    if installation.welcomes(email) or (invited and invited.invitation.email in {"", email}):
        return
    if invited:
        raise ValidationError(
            _("This invitation is for %(email)s. Use that address."),
            params={"email": invited.invitation.email},
        )
    installation.check_domain(email)
    raise ValidationError(_("You need an invitation to create an account here."))


def come_in(request: HttpRequest, person: Person, invited: SessionInvitation) -> None:
    """A new account takes its invitation; the room it is for opens when the account's address is confirmed.

    If it is over by now, that ends the signing-up only where it was needed for it. Raises ChatError then; within the
    transaction that makes the account.
    """
    room = None
    try:
        if awaited().filter(user=person.user_id).exists():
            reserve_invitation(person, invited.token)
        else:
            room = accept_invitation(person, invited.token)
    except ChatError as error:
        if not Installation.current().welcomes(person.email):
            raise
        messages.warning(request, str(error))
    else:
        if room is not None:
            request.session[INVITED_TO] = reverse("chat:room", args=[room.pk])
    drop_invitation(request)
