"""People: creating them, their names, and deactivation."""

import re
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models import F, OuterRef, Subquery
from django.utils.text import slugify
from django.utils.translation import gettext as _

from chat import policies
from chat.actions.auditing import Act, clean_reason, note
from chat.actions.locking import lock_rooms_of, lock_user, person_changed
from chat.errors import Invalid, Refused
from chat.events.publishing import publish
from chat.events.types import AccountChanged, MemberChanged
from chat.models import Member, Person, Room
from chat.text.cleaning import clean_line
from chat.text.confusables import could_be_taken_for, skeleton

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

DISPLAY_NAME_LIMIT = 80
USERNAME = re.compile(r"[a-z0-9][a-z0-9_-]{1,39}")
# Names that speak for the workspace, address many people at once, or stand for nobody.
_WORKSPACE_WIDE = """
abuse admin administrator all anyone bot channel chat deleted everybody everyone former guest help here hypertalk info me
mod moderator moderators nobody noreply official owner owners postmaster room root security somebody someone staff support
system team unknown user webmaster you
"""
RESERVED = frozenset(_WORKSPACE_WIDE.split())
_RESERVED_LOOKS = {skeleton(name) for name in RESERVED}


def ensure_person(user: AbstractBaseUser, display_name: str = "") -> Person:
    """Returns the person of a user, created if missing. One query if it exists, none if it was selected with the user."""
    found: Person | None = getattr(user, "person", None)
    if found is not None:
        return found
    mail = str(getattr(user, user.get_email_field_name(), "") or user.get_username())
    full_name = getattr(user, "get_full_name", str)()
    name = clean_line(display_name or full_name or "")[:DISPLAY_NAME_LIMIT] or mail.partition("@")[0]
    base = (slugify(name) or slugify(mail.partition("@")[0]) or "person")[:30].strip("-_") or "person"
    free = free_usernames(base)
    while True:
        try:
            with transaction.atomic():
                return Person.objects.create(user_id=user.pk, display_name=name, username=next(free))
        except IntegrityError:  # the username, a similar one, or this very person was created just now
            found = Person.objects.filter(user_id=user.pk).first()
            if found is not None:
                return found


def clean_display_name(display_name: str) -> str:
    """One visible line within the limit. Raises Invalid."""
    name = clean_line(display_name)
    if not skeleton(name):
        raise Invalid(_("Enter a name."))
    if len(name) > DISPLAY_NAME_LIMIT:
        raise Invalid(_("A name can have at most %(limit)d characters.") % {"limit": DISPLAY_NAME_LIMIT})
    return name


def refuse_impersonation(display_name: str, person: Person | None = None) -> None:
    """Raises Invalid for the name of another owner or moderator of the workspace, or a lookalike. One query.

    Two members may both be called Maria. Names of owners and moderators are unique, since people trust them.
    """
    moderators = Person.objects.moderators().values_list("pk", "display_name")
    if any(
        could_be_taken_for(display_name, name) for pk, name in moderators if not person or pk != person.pk
    ):
        raise Invalid(_("A workspace owner or moderator has this name or a similar one. Choose another."))


def clean_username(username: str) -> str:
    """Lower case, and not reserved. Raises Invalid.

    The database checks that it is free and has no lookalike: saving it may raise IntegrityError.
    """
    name = username.strip().lstrip("@").lower()
    if not USERNAME.fullmatch(name):
        raise Invalid(_("A username has 2 to 40 characters: letters a to z, digits, - and _."))
    if _is_reserved(name):
        raise Invalid(_("This username is reserved. Choose another."))
    return name


def free_usernames(base: str) -> "Iterator[str]":
    """``base``, then ``base`` with numbers: usernames that are neither taken nor reserved. One query."""
    taken = set(Person.objects.filter(username__startswith=base).values_list("username", flat=True))
    return (name for name in _candidates(base) if name not in taken and not _is_reserved(name))


@transaction.atomic
def deactivate_person(person: Person, *, by: Person | None = None, reason: str = "") -> None:
    """Deactivate a person at once: every room is told, every socket is revoked. No change if repeated.

    ``by`` is the acting workspace owner or moderator; without it permission is not checked, and nothing is logged.
    Raises Refused and Invalid.
    """
    _set_active(person, by, reason, active=False)


@transaction.atomic
def reactivate_person(person: Person, *, by: Person | None = None, reason: str = "") -> None:
    """Reactivate a person, who is back in their rooms. No change if repeated.

    Raises the errors of ``deactivate_person``, and Refused for a deleted account.
    """
    if person.left_at is not None:
        raise Refused(_("A deleted account can't be reactivated."))
    _set_active(person, by, reason, active=True)


def hold_people(people: "Collection[Person]", *, by: Person) -> None:
    """Lock several people before they are (de)activated in one transaction, so that their locks are taken in order."""
    lock_user(by, *people)
    lock_rooms_of(*people)


def _set_active(person: Person, by: Person | None, reason: str, *, active: bool) -> None:
    reason = clean_reason(reason)
    lock_user(person, *([by] if by else []))  # so that two owners can't deactivate each other
    rooms = lock_rooms_of(person)
    user = person.user
    user.refresh_from_db()  # also their current workspace role
    if by is not None:
        by.user.refresh_from_db()
        if not (by.user.is_active and policies.may_act_on(by, person)):
            raise Refused(_("You can't deactivate or reactivate this person."))
    if user.is_active == active:
        return
    user.is_active = active
    user.save(update_fields=["is_active"])
    events = stamp_memberships(person, rooms, loss=not active)
    if by is not None:
        act = Act.REACTIVATED if active else Act.DEACTIVATED
        note(by, act, person=person, reason=reason)
    # The account's event comes first, so that sockets are revoked at once, however many rooms follow.
    publish(AccountChanged(str(user.pk)), person_changed(person), *events)


def stamp_memberships(person: Person, rooms: "Iterable[Room]", *, loss: bool = False) -> list[MemberChanged]:
    """Take a new version in each of these locked rooms for the person's member row. Three queries, for any number of
    rooms.
    """
    ids: list[UUID] = [room.pk for room in rooms]
    Room.objects.filter(pk__in=ids).update(version=F("version") + 1, epoch=F("epoch") + int(loss))
    stamp = Room.objects.filter(pk=OuterRef("room")).values("version")
    Member.objects.filter(person=person, room__in=ids).update(version=Subquery(stamp))
    members = Member.objects.filter(person=person, room__in=ids).select_related("room", "person__user")
    return [MemberChanged(member.room, member) for member in members.order_by("pk")]


def _is_reserved(username: str) -> bool:
    return skeleton(username) in _RESERVED_LOOKS


def _candidates(base: str) -> "Iterator[str]":
    yield base
    number = 2
    while True:
        yield f"{base}-{number}"
        number += 1
