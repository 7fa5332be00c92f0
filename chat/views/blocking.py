"""Blocking and unblocking people."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from chat import actions
from chat.models import Block
from chat.views.access import ChatRequest, signed_in
from chat.views.pages import page


@require_GET
@signed_in
def blocked(request: ChatRequest) -> HttpResponse:
    mine = Block.objects.filter(person=request.person).select_related("blocked")
    return page(request, "chat/people/blocked.html", blocks=mine.order_by("blocked__display_name", "pk"))


@require_POST
@signed_in
def block(request: ChatRequest, person_id: int) -> HttpResponse:
    actions.block_person(request.person, person_id)
    return redirect("chat:blocked")


@require_POST
@signed_in
def unblock(request: ChatRequest, person_id: int) -> HttpResponse:
    actions.unblock_person(request.person, person_id)
    return redirect("chat:blocked")
