"""Moderating a room: removing, banning and silencing, each with a confirmation; and reporting a message."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from chat import actions, policies
from chat.errors import Invalid, NotFound, Refused
from chat.models import Ban, Member, Report
from chat.views.access import ChatRequest, get_member, get_message, go_to, signed_in
from chat.views.pages import page

LASTING = {
    "hour": (gettext_lazy("1 hour"), timedelta(hours=1)),
    "day": (gettext_lazy("1 day"), timedelta(days=1)),
    "week": (gettext_lazy("1 week"), timedelta(weeks=1)),
}


@require_http_methods(["GET", "POST"])
@signed_in
def remove(request: ChatRequest, room_id: UUID, member_id: int) -> HttpResponse:
    def act(reason: str) -> None:
        actions.remove_member(request.person, room_id, member_id, reason)

    return _confirm(
        request,
        room_id,
        member_id,
        act,
        question=_("Remove %(name)s?"),
        meaning=_("They leave the room now. They can come back if it is open or someone adds them."),
        doing=_("Remove"),
        done=_("%(name)s was removed from the room."),
    )


@require_http_methods(["GET", "POST"])
@signed_in
def ban(request: ChatRequest, room_id: UUID, member_id: int) -> HttpResponse:
    def act(reason: str) -> None:
        wipe = request.POST.get("wipe") == "yes"
        actions.ban_member(request.person, room_id, member_id, reason=reason, wipe=wipe)

    return _confirm(
        request,
        room_id,
        member_id,
        act,
        question=_("Ban %(name)s?"),
        meaning=_(
            "They leave the room now and can't find or join it until an owner or moderator unbans them."
        ),
        doing=_("Ban"),
        done=_("%(name)s was banned from the room."),
        wipes=True,
    )


@require_http_methods(["GET", "POST"])
@signed_in
def silence(request: ChatRequest, room_id: UUID, member_id: int) -> HttpResponse:
    def act(reason: str) -> None:
        lasting = LASTING.get(request.POST.get("lasting", ""))
        if lasting is None:
            raise Invalid(_("Choose a duration."))
        actions.silence_member(request.person, room_id, member_id, lasting[1], reason)

    return _confirm(
        request,
        room_id,
        member_id,
        act,
        question=_("Silence %(name)s?"),
        meaning=_("They can still read, but can't post or edit here during that time."),
        doing=_("Silence"),
        done=_("%(name)s is silenced."),
        lasting=[(value, words) for value, (words, _time) in LASTING.items()],
    )


@require_POST
@signed_in
def unsilence(request: ChatRequest, room_id: UUID, member_id: int) -> HttpResponse:
    actions.unsilence_member(request.person, room_id, member_id)
    _notify(request, _("%(name)s is no longer silenced."), member_id)
    return redirect("chat:members", room_id)


@require_POST
@signed_in
def lift(request: ChatRequest, room_id: UUID, ban_id: int) -> HttpResponse:
    banned = Ban.objects.select_related("person").filter(pk=ban_id, room=room_id).first()
    if banned is None:
        raise NotFound
    actions.lift_ban(request.person, ban_id)
    messages.success(request, _("%(name)s is no longer banned.") % {"name": banned.person.called})
    return redirect("chat:members", room_id)


@require_http_methods(["GET", "POST"])
@signed_in
def report(request: ChatRequest, message_id: UUID) -> HttpResponse:
    """GET: asks what is wrong. POST: a sentence for scripts, otherwise a redirect."""
    if request.method == "POST":
        given = request.POST
        actions.report_message(request.person, message_id, given.get("kind", ""), given.get("words", ""))
        thanks = _("Thank you. The moderators will review it.")
        if request.htmx:
            return HttpResponse(thanks, content_type="text/plain; charset=utf-8")
        messages.success(request, thanks)
        return redirect("chat:rooms")
    message = get_message(request, message_id)
    if not policies.may_report(request.person, message):
        raise Refused(_("You can report only messages by other people that are not deleted."))
    return page(
        request,
        "chat/message/report_message.html",
        room=message.room,
        message=message,
        kinds=Report.Kind.choices,
    )


def bans_of(member: Member) -> list[Ban]:
    """The room's active bans, for its owners and moderators. One query for them, none for other members."""
    if not policies.may_moderate(member):
        return []
    active = Ban.objects.active().filter(room=member.room_id)
    return list(active.select_related("person", "by").order_by("-created_at"))


def _confirm(
    request: ChatRequest,
    room_id: UUID,
    member_id: int,
    act: Callable[[str], None],
    *,
    question: str,
    done: str,
    **about: Any,
) -> HttpResponse:
    """GET: asks for confirmation and a reason. POST: does it, and goes back to the members with a notice."""
    if request.method == "POST":
        act(request.POST.get("reason", ""))
        _notify(request, done, member_id)
        return go_to(request, reverse("chat:members", args=[room_id]))
    acting = get_member(request, room_id)
    current = Member.objects.current().select_related("person")
    other = current.filter(room=room_id, pk=member_id).first()
    if other is None:
        raise NotFound
    if not policies.may_remove(acting, other):
        raise Refused(_("You can't do this to this person."))
    question %= {"name": other.person.display_name}
    up = reverse("chat:members", args=[room_id])
    return page(
        request,
        "chat/members/moderate_member.html",
        room=acting.room,
        question=question,
        up=up,
        danger=True,
        **about,
    )


def _notify(request: ChatRequest, sentence: str, member_id: int) -> None:
    """A notice with the person's name in ``sentence``."""
    other = Member.objects.select_related("person").get(pk=member_id)
    messages.success(request, sentence % {"name": other.person.called})
