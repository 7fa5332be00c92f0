"""Rooms: the list, the room page, creating and editing."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _said
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chat import actions
from chat.errors import Invalid
from chat.forms import SLOW_WORDS, RoomEditForm, RoomForm
from chat.models import Member, Person, Room
from chat.models.member import MemberQuerySet
from chat.policies import may_manage
from chat.pwa.release import release
from chat.queries.room_list import room_list_of
from chat.views.access import ChatRequest, get_member, go_to, signed_in, whole_number
from chat.views.last_room import last_room
from chat.views.pages import above_rooms, allow_offline_copy, confirm, page


@dataclass(frozen=True, slots=True)
class StateChange:
    """A confirmed action on a room: the question, what it means, the label of its button, and whether it is for good."""

    act: Callable[[Person, UUID], Room]
    question: Promise
    meaning: Promise
    doing: Promise
    danger: bool = False


STATE_CHANGES = {
    "close": StateChange(
        actions.close_room,
        _("Make this room private?"),
        _(
            "From now on, only people who are invited or added can find it. Its members and messages stay. "
            "This can't be undone: a private room can't be opened again."
        ),
        _("Make private"),
        danger=True,
    ),
    "archive": StateChange(
        actions.archive_room,
        _("Archive this room?"),
        _("Members can still read it. Nobody can post until an owner unarchives it."),
        _("Archive"),
    ),
    "restore": StateChange(
        actions.restore_room, _("Unarchive this room?"), _("Members can post again."), _("Unarchive")
    ),
}


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """To the rooms. Where there is space beside the list, the page shows the one that the person was in last."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    return redirect(f"{reverse('chat:rooms')}#last")


@require_GET
@signed_in
def rooms(request: ChatRequest) -> HttpResponse:
    if request.htmx:
        context = {"room_list": room_list_of(request.person), **above_rooms(request.person)}
        # A reconnecting page asks for this first, and learns whether its release is outdated.
        response = render(request, "chat/sidebar/_room_list.html", context)
        response["Chat-Release"] = release()
        return response
    own = room_list_of(request.person)
    last = last_room(request, request.person, own.labels)
    shown = page(
        request,
        "chat/room/room.html",
        room_list=own,
        slow_words=SLOW_WORDS,
        last={"id": last, "label": own.labels[last]} if last else None,
        nothing_to_browse=not Room.objects.open_to(request.person).exists(),
    )
    return allow_offline_copy(request, shown)


def people_of(shown: Room) -> MemberQuerySet:
    """The room's current members, by name."""
    return Member.objects.current().filter(room=shown).order_by("person__display_name", "pk")


@require_http_methods(["GET", "POST"])
@signed_in
def create(request: ChatRequest) -> HttpResponse:
    form = RoomForm(request.POST or None, initial={"kind": Room.Kind.OPEN})
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.create_room(request.person, **form.cleaned_data)
        except Invalid as error:
            form.add_error("name", str(error))
        else:
            return go_to(request, reverse("chat:room", args=[made.pk]))
    return _form(request, form, None)


@require_http_methods(["GET", "POST"])
@signed_in
def edit(request: ChatRequest, room_id: UUID) -> HttpResponse:
    member = get_member(request, room_id)
    shown = member.room
    now = RoomEditForm.values_of(shown)
    given = {"kind": shown.kind, **request.POST.dict()} if request.method == "POST" else None
    if given and "keep" in given:  # back from the confirmation to the form, with all other choices
        return _form(request, RoomEditForm(initial=given | {"keep_days": now["keep_days"]}), shown)
    form = RoomEditForm(given, initial=now)
    if request.method == "POST" and form.is_valid():
        if may_manage(member) and form.shortens_retention(shown) and "sure" not in request.POST:
            return page(
                request,
                "chat/room/shorten_retention.html",
                room=shown,
                form=form,
                days=form.cleaned_data["keep_days"],
            )
        name, topic = form.cleaned_data["name"], form.cleaned_data["topic"]
        try:
            actions.edit_room(
                request.person,
                room_id,
                name=name,
                topic=topic,
                slow_seconds=form.cleaned_data["slow_seconds"],
                moderators_post_only=form.moderators_post_only,
                keep_days=form.cleaned_data["keep_days"],
            )
        except Invalid as error:
            form.add_error("name", str(error))
        else:
            # An empty response closes the dialog; the page behind it is updated by a frame, like every other.
            if request.htmx:
                return HttpResponse(status=204)
            messages.success(request, _said("Saved."))
            return redirect("chat:room", room_id)
    return _form(request, form, shown)


@require_http_methods(["GET", "POST"])
@signed_in
def settle(request: ChatRequest, room_id: UUID, how: str) -> HttpResponse:
    """``how`` is a key of ``STATE_CHANGES``. GET: asks for confirmation. POST: does it, and goes back to the room."""
    way = STATE_CHANGES[how]
    if request.method == "POST":
        way.act(request.person, room_id)
        return go_to(request, reverse("chat:room", args=[room_id]))
    return confirm(
        request,
        way.question,
        way.meaning,
        way.doing,
        danger=way.danger,
        room=get_member(request, room_id).room,
        up=reverse("chat:room", args=[room_id]),
    )


@require_POST
@signed_in
def hide(request: ChatRequest, room_id: UUID) -> HttpResponse:
    actions.hide_direct(request.person, room_id)
    return redirect("chat:rooms")


def _form(request: ChatRequest, form: RoomForm, shown: Room | None) -> HttpResponse:
    return page(
        request, "chat/room/room_form.html", room=shown, form=form, status=422 if form.is_bound else 200
    )


@require_POST
@signed_in
def read(request: ChatRequest, room_id: UUID) -> HttpResponse:
    actions.mark_read(request.person, room_id, whole_number(request.POST.get("seq", "")))
    return HttpResponse(status=204) if request.htmx else redirect("chat:room", room_id)
