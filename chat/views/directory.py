"""The directory: open rooms and people. Searches are rate limited."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from chat import actions
from chat.errors import Invalid, NotFound
from chat.limits import allow
from chat.models import Person, Room
from chat.views.access import ChatRequest, is_whole_number, signed_in, words_of
from chat.views.pages import page

ROWS = 50
AT_ONCE = 8  # of each kind, in the quick switcher


@require_GET
@signed_in
def browse(request: ChatRequest) -> HttpResponse:
    """Open rooms the person is not in."""
    q = _search(request)
    here = Count("members", filter=Q(members__active=True, members__person__user__is_active=True))
    rooms = Room.objects.open_to(request.person).annotate(people=here)
    shown: dict[str, Any] = {
        "q": q,
        "found": _paged(request, rooms.search(q) if q else rooms.order_by("name")),
    }
    if request.htmx.target == "rooms-found":
        return render(request, "chat/sidebar/_open_rooms.html", shown)
    return page(request, "chat/sidebar/browse.html", **shown)


@require_http_methods(["GET", "POST"])
@signed_in
def people(request: ChatRequest) -> HttpResponse:
    """All other active people, the chosen ones (``person``) first. POST: a conversation with these, or with ``only`` one."""
    chosen, error = _chosen(request), ""
    if request.method == "POST":
        try:
            return redirect("chat:room", actions.open_direct(request.person, chosen).pk)
        except Invalid:
            error = _("Choose 1 to 19 people.")
        except NotFound:
            error = _("One of these people has left.")
    q = _search(request)
    others = Person.objects.active().exclude(pk=request.person.pk)
    picked = others.filter(pk__in=chosen).order_by("display_name", "pk") if chosen else others.none()
    left = others.exclude(pk__in=chosen)
    shown: dict[str, Any] = {"q": q, "picked": picked}
    shown["found"] = _paged(request, left.search(q) if q else left.order_by("display_name", "pk"))
    if request.htmx.target == "people-found":
        return render(request, "chat/people/_found_people.html", shown)
    return page(request, "chat/people/people.html", **shown, error=error, status=422 if error else 200)


@require_GET
@signed_in
def switch(request: ChatRequest) -> HttpResponse:
    """Options of the quick switcher: open rooms the person is not in, and people. Two queries."""
    q = _search(request)
    if not request.htmx:
        return redirect("chat:browse")
    rooms = Room.objects.open_to(request.person).search(q)[:AT_ONCE] if q else ()
    others = Person.objects.active().exclude(pk=request.person.pk).search(q)[:AT_ONCE] if q else ()
    return render(request, "chat/sidebar/_found.html", {"rooms": rooms, "people": others})


def _search(request: ChatRequest) -> str:
    """The search query. Raises Limited."""
    allow("search", request.person.pk)
    return words_of(request)


def _paged[T: Any](request: ChatRequest, rows: QuerySet[T]) -> Page[T]:
    """The requested page, or the nearest one that exists."""
    return Paginator(rows, ROWS).get_page(request.GET.get("page"))


def _chosen(request: ChatRequest) -> list[int]:
    """Of a form, or of a search that keeps them. A few more than are allowed, so that too many are refused."""
    given = request.POST if request.method == "POST" else request.GET
    ids = [given["only"]] if "only" in given else given.getlist("person")
    return [int(pk) for pk in ids if is_whole_number(pk)][:ROWS]
