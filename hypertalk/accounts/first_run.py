"""A new workspace: the first visitor becomes its owner, exactly once."""

from collections.abc import Callable
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from chat.actions import create_room, ensure_person
from chat.models import Room
from hypertalk.accounts.models import User, Workspace


class AlreadyBegun(Exception):
    """Somebody else was first."""


def is_empty() -> bool:
    """Whether the workspace has no owner yet. At most two queries."""
    return not Workspace.objects.exists() and not User.objects.exists()


class Begun(NamedTuple):
    """A new workspace: its owner, and their first room."""

    owner: User
    room: Room


@transaction.atomic
def begin(
    email: str, password: str, name: str, *, signup: str, domain: str, workspace: str = "", webp: bytes = b""
) -> Begun:
    """Create the workspace (its name, and its picture), the owner and an open room to begin in.

    If two try at once, the database accepts one; the other gets ``AlreadyBegun``.
    """
    row = Workspace(signup=signup, domain=domain, name=workspace)
    row.show(webp)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise AlreadyBegun from None
    if User.objects.exists():  # the workspace is older than this table
        raise AlreadyBegun
    user = User.objects.create_superuser(email, password)
    topic = _("For everyone in this workspace. Make more rooms for teams and topics.")
    room = create_room(ensure_person(user, name), name=_("general"), topic=topic, kind=Room.Kind.OPEN)
    return Begun(user, room)


class FirstRunMiddleware:
    """Redirects everybody to the first-run page until there is an owner; afterwards it runs no query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.begun = False

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not self.begun:
            welcome = reverse("welcome")
            if not is_empty():
                self.begun = True
            elif request.path != welcome:
                return redirect(welcome)
        return self.get_response(request)
