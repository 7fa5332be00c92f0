"""The context of every page: the reader and their room list."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from chat.invitations.pending_invitations import pending_for
from chat.models import Member, Person, Report, Room
from chat.pwa.release import offline_enabled, release
from chat.queries.room_list import RoomList, room_list_of
from chat.views.access import ChatRequest


def page(
    request: ChatRequest,
    template: str,
    *,
    room: Room | None = None,
    room_list: RoomList | None = None,
    status: int = 200,
    **context: object,
) -> HttpResponse:
    """A page, or its content for a dialog, which has no room list. ``room`` is the room that it is about.

    ``label`` is the room's title: its name, or the other people of a direct conversation.
    """
    if room_list is None and not request.htmx:
        room_list = room_list_of(request.person, room.pk if room else None)
    known: dict[str, object] = {"me": request.person, "room": room, "room_list": room_list}
    known |= {"release": release(), "offline_enabled": offline_enabled()}
    if not request.htmx:
        known |= above_rooms(request.person)
    if room is not None:
        known["label"] = (room_list and room_list.labels.get(room.pk)) or label_of(room, request.person)
    response = render(request, template, {**known, **context}, status=status)
    response["Chat-Release"] = release()
    return response


def confirm(
    request: ChatRequest,
    question: str | Promise,
    meaning: str | Promise,
    doing: str | Promise,
    *,
    up: str,
    danger: bool,
    room: Room | None = None,
    **given: str,
) -> HttpResponse:
    """Ask before an act: the same address does it when the form is posted, with ``given``. Cancel leads to ``up``.

    ``danger``: it can't be undone.
    """
    return page(
        request,
        "chat/shell/confirm.html",
        room=room,
        question=question,
        meaning=meaning,
        doing=doing,
        up=up,
        danger=danger,
        given=given,
    )


def ask_to_remove_picture(
    request: ChatRequest, question: str | Promise, meaning: str | Promise, *, up: str, **given: str
) -> HttpResponse | None:
    """``confirm`` a form's ``remove``. None if it says nothing of that, or was confirmed: ``sure`` is there too."""
    if "remove" not in request.POST or "sure" in request.POST:
        return None
    return confirm(
        request,
        question,
        meaning,
        _("Remove picture"),
        up=up,
        danger=True,
        room=None,
        remove="1",
        sure="1",
        **given,
    )


def above_rooms(person: Person) -> dict[str, object]:
    """What stands above the room list: pending invitations, and how many reports wait for this person's decision.

    No query for nearly everybody; one for people with recent invitations, and one for workspace moderators.
    """
    return {
        "invitations": pending_for(person),
        "waiting_reports": Report.objects.waiting_for(person).count(),
    }


def allow_offline_copy(request: ChatRequest, response: HttpResponse) -> HttpResponse:
    """Allow the service worker to store this page for this person; HTTP caches may not (docs/offline.md)."""
    if offline_enabled() and response.status_code == 200 and not request.htmx:
        response["Chat-Keep"] = str(request.person.pk)
    return response


def label_of(room: Room, person: Person) -> str:
    """One query for a direct conversation, none for a room."""
    if room.kind != Room.Kind.DIRECT:
        return f"#{room.name}"
    others = (
        Member.objects.filter(room=room).exclude(person=person).order_by("person__display_name", "person")
    )
    names = others.values_list("person__display_name", flat=True)
    return ", ".join(name or _("Former member") for name in names)
