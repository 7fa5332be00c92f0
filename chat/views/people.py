"""A person's card and picture, and the own profile."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chat import actions
from chat.actions.profiles import time_zones
from chat.db.clock import clock
from chat.errors import Invalid, NotFound
from chat.forms import ProfileForm
from chat.limits import allow
from chat.media.pictures import MAX_BYTES
from chat.models import Block, Person, Picture
from chat.privacy.export import export_of
from chat.views.access import ChatRequest, signed_in
from chat.views.downloads import Download
from chat.views.pages import ask_to_remove_picture, page
from chat.views.pictures import picture_answer


@require_GET
@signed_in
def person(request: ChatRequest, person_id: int) -> HttpResponse:
    """The profile card: a dialog for scripts, otherwise a page. Two queries."""
    shown = Person.objects.arrived().select_related("user").filter(pk=person_id).first()
    if shown is None:
        raise NotFound
    blocked = Block.objects.filter(person=request.person, blocked=shown).exists()
    return page(
        request, "chat/people/person.html", person=shown, local_time=_local_time(shown), blocked=blocked
    )


def _local_time(shown: Person) -> datetime | None:
    return clock.now().astimezone(shown.zone) if shown.zone else None


@require_GET
@signed_in
def picture(_request: ChatRequest, person_id: int, digest: str) -> HttpResponse:
    """For everybody signed in. Also of deactivated people, whose messages still show it. One query."""
    stored = Picture.objects.filter(person__pk=person_id, digest=digest).first()
    if stored is None:
        raise NotFound
    return picture_answer(stored.webp)


@require_http_methods(["GET", "POST"])
@signed_in
def profile(request: ChatRequest) -> HttpResponse:
    """POST: only changed values are saved."""
    form = ProfileForm(request.person, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_profile(request.person, form.cleaned_data)
        except Invalid as error:
            form.add_error("username", str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("chat:profile")
    return _profile(request, form)


@require_POST
@signed_in
def set_picture(request: ChatRequest) -> HttpResponse:
    """``picture`` is a file; ``remove`` goes back to initials, and asks first unless ``sure`` is there too."""
    asked = ask_to_remove_picture(
        request,
        _("Remove your picture?"),
        _("Your initials are shown instead. The picture is deleted: to have it back, upload it again."),
        up=reverse("chat:profile"),
    )
    if asked is not None:
        return asked
    try:
        if "remove" in request.POST:
            actions.remove_picture(request.person)
            messages.success(request, _("Picture removed."))
        elif upload := request.FILES.get("picture"):
            actions.set_picture(request.person, upload.read(MAX_BYTES + 1))
            messages.success(request, _("Picture saved."))
        else:
            raise Invalid(_("Choose a picture first."))
    except Invalid as error:
        return _profile(request, ProfileForm(request.person), picture_error=str(error), status=422)
    return redirect("chat:profile")


@require_POST
@signed_in
def export(request: ChatRequest) -> Download:
    """All data about the person, as a ZIP file (docs/export.md)."""
    allow("export", request.person.pk)
    return Download(export_of(request.person), as_attachment=True, filename="my-data.zip")


def _profile(
    request: ChatRequest, form: ProfileForm, picture_error: str = "", status: int = 200
) -> HttpResponse:
    return page(
        request,
        "chat/profile/profile.html",
        form=form,
        zones=[(zone, zone.rpartition("/")[2].replace("_", " ")) for zone in time_zones()],
        picture_error=picture_error,
        status=422 if form.is_bound else status,
    )
