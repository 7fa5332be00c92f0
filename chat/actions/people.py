"""People: who they are here, and whether they may be."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models import F, OuterRef, Subquery
from django.utils.text import slugify
from django.utils.translation import gettext as _

from chat import policies
from chat.actions.auditing import Act, note
from chat.actions.locking import lock_rooms_of, lock_user, raise_person_version
from chat.actions.rooms import clean_line, clean_reason
from chat.errors import Invalid, Refused
from chat.live.events import AccountChanged, MemberChanged, PersonChanged
from chat.live.publishing import publish
from chat.models import Member, Person, Room

if TYPE_CHECKING:
    from collections.abc import Iterable

DISPLAY_NAME_LIMIT = 80


def ensure_person(user: AbstractBaseUser, display_name: str = "") -> Person:
    """The person of a user, made on first sight. One query when there is one already, none if it was selected."""
    found: Person | None = getattr(user, "person", None)
    if found is not None:
        return found
    mail = str(getattr(user, user.get_email_field_name(), "") or user.get_username())
    full_name = getattr(user, "get_full_name", str)()
    name = clean_line(display_name or full_name or "")[:DISPLAY_NAME_LIMIT] or mail.partition("@")[0]
    base = (slugify(name) or slugify(mail.partition("@")[0]) or "person")[:30].strip("-_") or "person"
    taken = set(Person.objects.filter(username__startswith=base).values_list("username", flat=True))
    free = (name for name in _candidates(base) if name not in taken)
    while True:
        try:
            with transaction.atomic():
                return Person.objects.create(user_id=user.pk, display_name=name, username=next(free))
        except IntegrityError:  # somebody took the username, or this very person was made, just now
            found = Person.objects.filter(user_id=user.pk).first()
            if found is not None:
                return found


@transaction.atomic
def rename_person(person: Person, display_name: str) -> Person:
    """Another name, on every page that shows it. Raises Invalid. The same again changes nothing."""
    name = clean_display_name(display_name)
    lock_user(person)
    rooms = lock_rooms_of(person)
    person.refresh_from_db()
    if person.display_name == name:
        return person
    person.display_name = name
    person.version = F("version") + 1  # an expression, until RETURNING fills it in
    person.save(update_fields=["display_name", "version"])
    publish(*_stamp_everywhere(person, rooms), PersonChanged(person.pk, person.version))
    return person


def clean_display_name(display_name: str) -> str:
    """One line that is not empty and not too long. Raises Invalid."""
    name = clean_line(display_name)
    if not name:
        raise Invalid(_("Others need something to call you."))
    if len(name) > DISPLAY_NAME_LIMIT:
        raise Invalid(_("A name has at most %(limit)d characters.") % {"limit": DISPLAY_NAME_LIMIT})
    return name


@transaction.atomic
def deactivate_person(person: Person, *, by: Person | None = None, reason: str = "") -> None:
    """Out of the whole place, at once: every room learns it, every socket falls silent. Again changes nothing.

    ``by`` is who keeps the place; without it nobody is asked, nor is it noted. Raises Refused and Invalid.
    """
    _set_active(person, by, reason, active=False)


@transaction.atomic
def reactivate_person(person: Person, *, by: Person | None = None, reason: str = "") -> None:
    """Back in, with the rooms they were in. Again changes nothing. Raises as ``deactivate_person``."""
    _set_active(person, by, reason, active=True)


def _set_active(person: Person, by: Person | None, reason: str, *, active: bool) -> None:
    reason = clean_reason(reason)
    lock_user(person, *([by] if by else []))  # so that two owners don't put each other out
    rooms = lock_rooms_of(person)
    user = person.user
    user.refresh_from_db()  # also whether they keep the place, as it is now
    if by is not None:
        by.user.refresh_from_db()
        if not (by.user.is_active and policies.may_act_on(by, person)):
            raise Refused(_("You can't decide whether this person is here."))
    if user.is_active == active:
        return
    user.is_active = active
    user.save(update_fields=["is_active"])
    events = _stamp_everywhere(person, rooms, loss=not active)
    if by is not None:
        act = Act.REACTIVATED if active else Act.DEACTIVATED
        note(by, act, person=person, reason=reason)
    # Their sockets first: however many rooms there are, they fall silent at once.
    publish(AccountChanged(str(user.pk)), PersonChanged(person.pk, raise_person_version(person)), *events)


def _stamp_everywhere(person: Person, rooms: "Iterable[Room]", *, loss: bool = False) -> list[MemberChanged]:
    """A new version in each of these locked rooms, on the person's member row. Three queries, however many rooms."""
    ids: list[UUID] = [room.pk for room in rooms]
    Room.objects.filter(pk__in=ids).update(version=F("version") + 1, epoch=F("epoch") + int(loss))
    stamp = Room.objects.filter(pk=OuterRef("room")).values("version")
    Member.objects.filter(person=person, room__in=ids).update(version=Subquery(stamp))
    members = Member.objects.filter(person=person, room__in=ids).select_related("room", "person__user")
    return [MemberChanged(member.room, member) for member in members]


def _candidates(base: str) -> "Iterable[str]":
    yield base
    number = 2
    while True:
        yield f"{base}-{number}"
        number += 1
