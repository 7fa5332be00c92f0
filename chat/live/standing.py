"""What the hub asks the database: who may hear what, and which sockets may stay. Plain synchronous reads."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import batched
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone

from chat.models import Member, Person, Room

SIGNED_OUT = 4401
DEACTIVATED = 4403

MOST_IN_A_QUERY = 5000


@dataclass(frozen=True, slots=True)
class RoomState:
    """Where a room stands: ``version``, ``last_seq``, ``epoch``."""

    version: int
    last_seq: int
    epoch: int


@dataclass(frozen=True, slots=True)
class Credentials:
    """By what a socket came in. ``auth_hash`` is what the session holds of the password."""

    user_id: str
    session_key: str
    auth_hash: str


def admit(credentials: Credentials, person_id: int) -> tuple[int | None, int, dict[str, RoomState]]:
    """The close code if they may not come in, the person's version, and their rooms. Four queries."""
    refused = refusals([credentials]).get(credentials)
    version = person_versions([person_id]).get(person_id, 0)
    return refused, version, rooms_of([person_id]).get(person_id, {})


def rooms_of(person_ids: Iterable[int]) -> dict[int, dict[str, RoomState]]:
    """Each person's current rooms. One query, so that epoch and membership are of one moment."""
    found: dict[int, dict[str, RoomState]] = defaultdict(dict)
    for ids in _chunks(person_ids):
        rows = Member.objects.current().filter(person__in=ids)
        for person, room, version, last_seq, epoch in rows.values_list(
            "person", "room", "room__version", "room__last_seq", "room__epoch"
        ):
            found[person][str(room)] = RoomState(version, last_seq, epoch)
    return found


def person_versions(person_ids: Iterable[int]) -> dict[int, int]:
    """One query."""
    found: dict[int, int] = {}
    for ids in _chunks(person_ids):
        found.update(Person.objects.filter(pk__in=ids).values_list("pk", "version"))
    return found


def room_states(room_ids: Iterable[str]) -> dict[str, RoomState]:
    """One query."""
    found: dict[str, RoomState] = {}
    for ids in _chunks(room_ids):
        for room, *numbers in Room.objects.filter(pk__in=ids).values_list(
            "pk", "version", "last_seq", "epoch"
        ):
            found[str(room)] = RoomState(*numbers)
    return found


def still_in(room_id: UUID, person_ids: Iterable[int]) -> tuple[int, set[int]]:
    """The room's epoch, read before the membership, and which of these people are in it. Two queries."""
    epoch = Room.objects.filter(pk=room_id).values_list("epoch", flat=True).first() or 0
    current: set[int] = set()
    for ids in _chunks(person_ids):
        current.update(
            Member.objects.current().filter(room=room_id, person__in=ids).values_list("person", flat=True)
        )
    return epoch, current


def refusals(asked: Sequence[Credentials]) -> dict[Credentials, int]:
    """The close code of each that may not stay: signed out, another password since, or deactivated. Two queries."""
    users = _users({one.user_id for one in asked})
    sessions = _living_sessions({one.session_key for one in asked})
    hashes = {pk: _hashes(user) for pk, user in users.items()}
    refused: dict[Credentials, int] = {}
    for one in asked:
        user = users.get(one.user_id)
        if user is None or not user.is_active:
            refused[one] = DEACTIVATED
        elif one.session_key not in sessions or one.auth_hash not in hashes[one.user_id]:
            refused[one] = SIGNED_OUT
    return refused


def _users(ids: set[str]) -> dict[str, AbstractBaseUser]:
    manager = get_user_model()._default_manager  # noqa: SLF001 - Django's documented way to a custom user's manager
    return {str(user.pk): user for chunk in _chunks(ids) for user in manager.filter(pk__in=chunk)}


def _hashes(user: AbstractBaseUser) -> set[str]:
    return {user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()}


def _living_sessions(keys: set[str]) -> set[str]:
    store = import_module(settings.SESSION_ENGINE).SessionStore
    if hasattr(store, "get_model_class"):
        rows = store.get_model_class().objects.filter(expire_date__gt=timezone.now())
        return {
            key for chunk in _chunks(keys) for key in rows.filter(pk__in=chunk).values_list("pk", flat=True)
        }
    return {key for key in keys if store(key).exists(key)}


def _chunks[T](values: Iterable[T]) -> Iterator[tuple[T, ...]]:
    """Databases bound the length of an IN list; a process' people rarely reach it."""
    return batched(values, MOST_IN_A_QUERY, strict=False)
