"""Profiles: names, pictures and preferences."""

import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import to_locale

from chat.actions.locking import lock_rooms_of, lock_user
from chat.actions.people import clean_display_name, clean_username, refuse_impersonation, stamp_memberships
from chat.errors import Invalid
from chat.events.publishing import publish
from chat.events.types import Event, PersonChanged
from chat.limits import allow
from chat.media import pictures
from chat.models import Person, Picture
from chat.privacy.registry import PersonalData, register_personal_data
from chat.text.cleaning import bounded_line, clean_line

PRONOUNS_LIMIT = 40
ABOUT_LIMIT = 300
SHOWN = {"display_name", "username", "picture"}  # shown in fragments, so a change is sent to every page


@transaction.atomic
def edit_profile(person: Person, given: Mapping[str, str]) -> Person:
    """Change some of ``CLEANERS``. Raises Invalid. No change if repeated."""
    wanted = {name: CLEANERS[name](value) for name, value in given.items()}
    _change(person, wanted)
    return person


def rename_person(person: Person, display_name: str) -> Person:
    """Change the name on every page that shows it. Raises Invalid. No change if repeated."""
    return edit_profile(person, {"display_name": display_name})


def set_picture(person: Person, upload: bytes) -> Person:
    """Show this picture instead of initials. Raises Invalid, and Limited, because decoding is expensive."""
    allow("picture", person.pk)
    webp = pictures.square(upload)  # before the lock
    digest = hashlib.sha256(webp).hexdigest()[:16]
    with transaction.atomic():
        _change(person, {"picture": digest})
        Picture.objects.update_or_create(person=person, defaults={"digest": digest, "webp": webp})
    return person


@transaction.atomic
def remove_picture(person: Person) -> Person:
    """Show initials again. No change if repeated."""
    _change(person, {"picture": ""})
    Picture.objects.filter(person=person).delete()
    return person


@cache
def translated_languages() -> frozenset[str]:
    """The codes of the languages that the chat's words exist in: English, and what has a catalogue of translations."""
    folders = [Path(folder) for folder in settings.LOCALE_PATHS]
    folders.append(Path(apps.get_app_config("chat").path) / "locale")
    return frozenset(
        code
        for code, _name in settings.LANGUAGES
        if code.partition("-")[0] == "en"
        or any((folder / to_locale(code) / "LC_MESSAGES" / "django.mo").exists() for folder in folders)
    )


@cache
def time_zones() -> list[str]:
    """The time zones named after a location, and UTC."""
    regions = (
        "Africa/",
        "America/",
        "Antarctica/",
        "Asia/",
        "Atlantic/",
        "Australia/",
        "Europe/",
        "Indian/",
        "Pacific/",
    )
    return ["UTC", *sorted(name for name in available_timezones() if name.startswith(regions))]


def clean_pronouns(pronouns: str) -> str:
    return bounded_line(pronouns, PRONOUNS_LIMIT)


def clean_about(about: str) -> str:
    return bounded_line(about, ABOUT_LIMIT)


def clean_time_zone(time_zone: str) -> str:
    """Empty, or one of ``time_zones``, ignoring case and spaces. The city is enough. Raises Invalid."""
    wanted = clean_line(time_zone).replace(" ", "_").casefold()
    if not wanted:
        return ""
    names = {name.casefold(): name for name in time_zones()}
    cities = [name for key, name in names.items() if key.rpartition("/")[2] == wanted]
    if wanted not in names and len(cities) != 1:
        raise Invalid(_("This time zone was not found. Type a city and choose from the list."))
    return names.get(wanted) or cities[0]


def clean_language(language: str) -> str:
    """Empty, or one of the project's languages: dates have the formats of each. Raises Invalid."""
    if language and language not in dict(settings.LANGUAGES):
        raise Invalid(_("This language is not available."))
    return language


def clean_theme(theme: str) -> str:
    if theme not in Person.Theme.values:
        raise Invalid(_("This theme is not available."))
    return theme


CLEANERS: dict[str, Callable[[str], str]] = {
    "display_name": clean_display_name,
    "username": clean_username,
    "pronouns": clean_pronouns,
    "about": clean_about,
    "time_zone": clean_time_zone,
    "language": clean_language,
    "theme": clean_theme,
}


def _change(person: Person, wanted: Mapping[str, Any]) -> None:
    """In a transaction. A change that fragments show takes a version in every room the person is or was in."""
    lock_user(person)
    rooms = lock_rooms_of(person) if SHOWN & wanted.keys() else []
    person.refresh_from_db()
    changes = {name: value for name, value in wanted.items() if getattr(person, name) != value}
    if person.left_at is not None or not changes:
        return
    if "display_name" in changes:
        refuse_impersonation(changes["display_name"], person)
    for name, value in changes.items():
        setattr(person, name, value)
    if not SHOWN & changes.keys():
        person.save(update_fields=changes.keys())
        return
    person.version = F("version") + 1  # an expression, until RETURNING fills it in
    try:
        with transaction.atomic():
            person.save(update_fields=[*changes, "version"])
    except IntegrityError:
        person.refresh_from_db()
        raise Invalid(_("This username or a similar one is taken.")) from None
    publish(*stamp_memberships(person, rooms), PersonChanged(person.pk, person.version))


def _export_picture(person: Person) -> bytes | None:
    picture = Picture.objects.filter(person=person).first()
    return bytes(picture.webp) if picture else None


def _erase_picture(person: Person) -> list[Event]:
    Picture.objects.filter(person=person).delete()
    return []


register_personal_data(
    "picture",
    PersonalData(
        references=("Picture.person",), file="picture.webp", export=_export_picture, erase=_erase_picture
    ),
)
