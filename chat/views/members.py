"""Joining and leaving a room, and its members."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chat import actions
from chat.db.clock import clock
from chat.errors import Invalid, NotFound, Refused
from chat.limits import allow
from chat.models import Member, Person
from chat.policies import may_manage
from chat.views.access import ChatRequest, get_member, go_to, signed_in, words_of
from chat.views.moderation import bans_of
from chat.views.pages import confirm, label_of, page
from chat.views.rooms import people_of

AT_ONCE = 8  # people suggested


@require_http_methods(["GET", "POST"])
@signed_in
def members(request: ChatRequest, room_id: UUID) -> HttpResponse:
    """The members of a room. POST adds one by username."""
    wanted, error = request.POST.get("username", ""), ""
    if request.method == "POST":
        try:
            added = actions.add_member(request.person, room_id, wanted)
        except Invalid as invalid:
            error = str(invalid)
        else:
            messages.success(
                request, _("%(name)s was added to the room.") % {"name": added.person.display_name}
            )
            return redirect("chat:members", room_id)
    member = get_member(request, room_id)
    return page(
        request,
        "chat/members/members.html",
        room=member.room,
        member=member,
        members=people_of(member.room).select_related("person__user"),
        bans=bans_of(member),
        now=clock.now(),
        wanted=wanted,
        error=error,
        status=422 if error else 200,
    )


@require_GET
@signed_in
def find_to_add(request: ChatRequest, room_id: UUID) -> HttpResponse:
    """People outside the room whose name or username is like ``username``, for its owners. Two queries, three with words."""
    member = get_member(request, room_id)
    if not may_manage(member):
        raise Refused(_("Only an owner of the room can add people."))
    if not request.htmx:
        return redirect("chat:members", room_id)
    people: Iterable[Person] = ()
    if q := words_of(request, "username"):
        allow("search", request.person.pk)
        inside = Member.objects.current().filter(room=room_id, person=OuterRef("pk"))
        people = Person.objects.active().filter(~Exists(inside)).search(q)[:AT_ONCE]
    return render(request, "chat/members/_to_add.html", {"room": member.room, "q": q, "people": people})


@require_http_methods(["GET", "POST"])
@signed_in
def role(request: ChatRequest, room_id: UUID, member_id: int) -> HttpResponse:
    """GET: asks whether to make the member an owner. POST: gives them the ``role``."""
    if request.method == "GET":
        return _ask_for_owner(request, room_id, member_id)
    changed = actions.set_role(request.person, room_id, member_id, request.POST.get("role", ""))
    names = {"name": changed.person.called, "role": changed.get_role_display()}
    messages.success(request, _("%(name)s's role is now %(role)s.") % names)
    return go_to(request, reverse("chat:members", args=[room_id]))


def _ask_for_owner(request: ChatRequest, room_id: UUID, member_id: int) -> HttpResponse:
    acting = get_member(request, room_id)
    if not may_manage(acting):
        raise Refused(_("Only an owner of the room can change roles."))
    other = people_of(acting.room).select_related("person").filter(pk=member_id).first()
    if other is None:
        raise NotFound
    name = {"name": other.person.called}
    return confirm(
        request,
        _("Make %(name)s an owner?") % name,
        _(
            "They can then do everything you can do here: change the room, its members and all roles, yours too. "
            "You stay an owner, and you can leave the room."
        ),
        _("Make owner"),
        up=reverse("chat:members", args=[room_id]),
        danger=True,
        room=acting.room,
        role=Member.Role.OWNER,
    )


@require_POST
@signed_in
def join(request: ChatRequest, room_id: UUID) -> HttpResponse:
    joined = actions.join_room(request.person, room_id)
    messages.success(request, _("You joined #%(name)s.") % {"name": joined.room.name})
    return redirect("chat:room", room_id)


@require_http_methods(["GET", "POST"])
@signed_in
def leave(request: ChatRequest, room_id: UUID) -> HttpResponse:
    """GET: asks for confirmation, or says what to do first. POST: leaves, and goes back to the rooms."""
    if request.method == "POST":
        room = get_member(request, room_id).room
        actions.leave_room(request.person, room_id)
        messages.success(request, _("You left %(name)s.") % {"name": label_of(room, request.person)})
        return go_to(request, reverse("chat:rooms"))
    member = get_member(request, room_id)
    return page(request, "chat/room/leave_room.html", room=member.room, needed=actions.why_needed(member))


@require_GET
@signed_in
def me(request: ChatRequest) -> HttpResponse:
    """The id of the signed-in person. A page that was signed out checks whether its own person is back."""
    return HttpResponse(str(request.person.pk), content_type="text/plain; charset=utf-8")
