"""Inviting people by name, link or email, and the list of invitations: of a room, or of the workspace."""

import base64
from typing import Any
from uuid import UUID

import qrcode
from django.contrib import messages
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from qrcode.image.svg import SvgPathImage

from chat import actions
from chat.errors import Invalid, Limited, NotFound, Refused
from chat.forms import LinkForm
from chat.invitations.mailing import mails_go_out
from chat.jobs.mailing import mail_invitation
from chat.jobs.queue import enqueue
from chat.limits import allow
from chat.models import Invitation, Member, Person, Room
from chat.policies import may_invite, may_invite_to_workspace
from chat.views.access import STATUS, ChatRequest, get_member, go_to, is_whole_number, signed_in, words_of
from chat.views.pages import confirm, page

PEOPLE_SHOWN, PEOPLE_FOUND = 5, 20  # at first, and in a search
MAX_ADDRESSES = 20


@require_http_methods(["GET", "POST"])
@signed_in
def invitations(request: ChatRequest, room_id: UUID | None = None) -> HttpResponse:
    """The invite page with open and past invitations. POST: ``by`` person, link or email. Constant queries."""
    room = _get_room(request, room_id)
    form = LinkForm(request.POST if request.POST.get("by") == "link" else None)
    if request.method == "GET":
        return _page(request, room, form=form)
    match request.POST.get("by"):
        case "person" if room:
            return _by_person(request, room)
        case "email" if mails_go_out():
            return _by_email(request, room)
        case "link" if form.is_valid():
            made = actions.make_link(request.person, room_id, **form.cleaned_data)
            return redirect("chat:show_invitation", made.pk)
    return _page(request, room, form=form, error=_("Choose how to invite people."), status=422)


@require_GET
@signed_in
def show(request: ChatRequest, invitation_id: UUID) -> HttpResponse:
    """The link and its QR code, shown again whenever asked."""
    found = Invitation.objects.visible_to(request.person).usable().filter(pk=invitation_id, person=None)
    invitation = found.select_related("room", "invited_by").first()
    if invitation is None:
        raise NotFound
    link = request.build_absolute_uri(reverse("chat:invitation", args=[invitation.token]))
    picture = qrcode.make(link, image_factory=SvgPathImage).to_string()
    return page(
        request,
        "chat/invitations/invitation_link.html",
        room=invitation.room,
        invitation=invitation,
        link=link,
        picture=f"data:image/svg+xml;base64,{base64.b64encode(picture).decode()}",
    )


@require_http_methods(["GET", "POST"])
@signed_in
def revoke(request: ChatRequest, invitation_id: UUID) -> HttpResponse:
    """GET: asks for confirmation. POST: does it, and goes back to the invitations."""
    if request.method == "GET":
        return _ask_to_revoke(request, invitation_id)
    taken = actions.revoke_invitation(request.person, invitation_id)
    messages.success(request, _("Invitation revoked."))
    return go_to(request, _back(taken.room_id))


def _ask_to_revoke(request: ChatRequest, invitation_id: UUID) -> HttpResponse:
    visible = Invitation.objects.visible_to(request.person).select_related("room", "person")
    found = visible.filter(pk=invitation_id).first()
    if found is None:
        raise NotFound
    meaning = (
        _("Nobody can join with this link any more, wherever it was shared. This can't be undone.")
        if found.is_link
        else _("They can't accept it any more. This can't be undone, but you can invite them again.")
    )
    return confirm(
        request,
        _("Revoke this invitation?"),
        meaning,
        _("Revoke"),
        up=_back(found.room_id),
        danger=True,
        room=found.room,
    )


def _get_room(request: ChatRequest, room_id: UUID | None) -> Room | None:
    """Returns None for the workspace. Raises NotFound for people who are not in the room, and Refused without
    permission.
    """
    if room_id is None:
        if not may_invite_to_workspace(request.person):
            raise NotFound
        return None
    member = get_member(request, room_id)
    if not may_invite(member, member.room):
        raise Refused(
            _("Only the room's owners and moderators can invite people, and only until it is archived.")
        )
    return member.room


def _by_person(request: ChatRequest, room: Room) -> HttpResponse:
    given = request.POST.get("person", "")
    try:
        made = actions.invite_person(request.person, room.pk, int(given) if is_whole_number(given) else 0)
    except Invalid as error:
        return _page(request, room, error=str(error), status=422)
    messages.success(
        request, _("Invitation sent to %(name)s.") % {"name": made.person and made.person.display_name}
    )
    return redirect(_back(room.pk))


def _by_email(request: ChatRequest, room: Room | None) -> HttpResponse:
    """Invite one address after the other. An error stops there; the rest can be corrected and sent again."""
    wanted = list(
        dict.fromkeys(request.POST.get("addresses", "").replace(",", " ").replace(";", " ").split())
    )
    sent: list[str] = []
    error: Invalid | Limited | None = None
    try:
        if not 1 <= len(wanted) <= MAX_ADDRESSES:
            raise Invalid(_("Enter 1 to %(most)d addresses at a time.") % {"most": MAX_ADDRESSES})
        for address in wanted:
            sent.append(_invite(request, room, address).email)
    except (Invalid, Limited) as stopped:
        error = stopped
    if sent:
        text = _(
            "The email to %(addresses)s is on its way. If an address is refused, the list below says so."
        )
        messages.success(request, text % {"addresses": ", ".join(sent)})
    if error is None:
        return redirect(_back(room.pk if room else None))
    left = "\n".join(wanted[len(sent) :])[:5000]
    return _page(request, room, email_error=str(error), addresses=left, status=STATUS[type(error)])


@transaction.atomic
def _invite(request: ChatRequest, room: Room | None, address: str) -> Invitation:
    """Store the invitation and its mail job together."""
    made = actions.invite_email(request.person, room.pk if room else None, address)
    below = request.build_absolute_uri(reverse("chat:invitation", args=["-"])).removesuffix("-/")
    enqueue(mail_invitation, str(made.pk), below, get_language() or "en")
    return made


def _page(request: ChatRequest, room: Room | None, **context: Any) -> HttpResponse:
    # Hide reservations for people whose registration is pending: they are not visible either.
    shown = Q(person=None) | Q(person__in=Person.objects.arrived())
    here = Invitation.objects.filter(shown, room=room).select_related("invited_by", "person")
    usable = here.usable().order_by("-created_at")
    past = here.recent().exclude(pk__in=here.usable().values("pk")).order_by("-created_at")
    if q := words_of(request):
        allow("search", request.person.pk)
    found = _people(room, q) if room else None
    if request.htmx.target == "invite-found":
        return render(request, "chat/invitations/_to_invite.html", {"room": room, "q": q, "found": found})
    known = {
        "q": q,
        "found": found,
        "usable": usable,
        "past": past[:100],
        "form": LinkForm(),
        "mails": mails_go_out(),
    }
    return page(request, "chat/invitations/invite.html", room=room, **(known | context))


def _people(room: Room, q: str) -> QuerySet[Person]:
    """People who could be invited, by name; ``invited`` says who already is."""
    inside = Member.objects.current().filter(room=room, person=OuterRef("pk"))
    invited = Invitation.objects.usable().filter(room=room, person=OuterRef("pk"))
    found = Person.objects.active().filter(~Exists(inside)).annotate(invited=Exists(invited))
    return found.search(q)[:PEOPLE_FOUND] if q else found.order_by("display_name", "pk")[:PEOPLE_SHOWN]


def _back(room_id: UUID | None) -> str:
    return reverse("chat:invitations", args=[room_id]) if room_id else reverse("chat:workspace_invitations")
