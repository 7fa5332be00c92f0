"""Queries of the hub: authentication, each person's rooms, and which connections must be closed.

Plain synchronous reads; ``ask`` runs one of them off the event loop.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from importlib import import_module
from itertools import batched, product
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from chat.db import sql
from chat.live import latest
from chat.models import Member, Person, Room
from chat.runtime.executors import READS

SIGNED_OUT = 4401
DEACTIVATED = 4403

MAX_IN_QUERY = 5000


@dataclass(frozen=True, slots=True)
class RoomState:
    """The current state of a room: ``version``, ``last_seq``, ``epoch``."""

    version: int
    last_seq: int
    epoch: int


# Its columns, named as in the room's row.
_STATE = [field.name for field in fields(RoomState)]


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a connection authenticated with. ``auth_hash`` is the session's hash of the password."""

    user_id: str
    session_key: str
    auth_hash: str


@dataclass(frozen=True, slots=True)
class Authenticated:
    """The person, their credentials and rooms, and the message with their latest values (latest.py)."""

    person: Person
    credentials: Credentials
    rooms: dict[str, RoomState]
    latest: dict[str, Any]


async def ask[**P, T](question: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    return await READS.run(question, *args, **kwargs)


def authenticate(session_key: str) -> Authenticated | int:
    """Authenticate a session. Returns a close code if it is not valid. Two hand-written queries, since every handshake
    waits for them.
    """
    session = _session(session_key)
    users = get_user_model()
    try:
        user_id = users._meta.pk.to_python(session[SESSION_KEY])  # noqa: SLF001 - as Django's own sign-in does
    except (KeyError, ValidationError):
        return SIGNED_OUT
    rows = _account_and_rooms(user_id)
    if not rows or session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return SIGNED_OUT
    password, active, person_id, version, *_ = rows[0]
    if not active:
        return DEACTIVATED
    # A user without a person has never loaded a page.
    user = _user(user_id, password)
    auth_hash = session.get(HASH_SESSION_KEY, "")
    if person_id is None or auth_hash not in _hashes(user):
        return SIGNED_OUT
    person = Person.from_db(connection.alias, ["id", "user_id", "version"], [person_id, user_id, version])
    rooms: dict[str, RoomState] = {}
    values: dict[str, dict[str, Any]] = {}
    for _, _, _, _, *row in rows:
        (room_id,), found = latest.COLUMNS.read(row[len(_STATE) :])
        if room_id is not None:
            room = str(sql.as_uuid(room_id))
            rooms[room], values[room] = RoomState(*row[: len(_STATE)]), found
    credentials = Credentials(str(user_id), session_key, auth_hash)
    return Authenticated(person, credentials, rooms, latest.message(values))


def _user(user_id: object, password: str) -> AbstractBaseUser:
    """No query, unless the project's own ``get_session_auth_hash`` needs more than the password."""
    users = get_user_model()
    known = {users._meta.pk.attname: user_id, "password": password}  # noqa: SLF001 - documented
    names = [field.attname for field in users._meta.concrete_fields if field.attname in known]  # noqa: SLF001
    return users.from_db(connection.alias, names, [known[name] for name in names])


def _session(key: str) -> dict[str, Any]:
    """The session's data, read directly from its table if it has one. Empty if there is no session."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    if not hasattr(store, "get_model_class"):
        return store(key).load()  # type: ignore[no-any-return]
    statement = sql.named(
        "SELECT session_data FROM {sessions} WHERE session_key = %s AND expire_date > %s",
        sessions=store.get_model_class()._meta.db_table,  # noqa: SLF001 - documented
    )
    (rows,) = sql.run((statement, [key, connection.ops.adapt_datetimefield_value(timezone.now())]))
    return store(key).decode(rows[0][0]) if rows else {}


def _account_and_rooms(user_id: object) -> list[Any]:
    """One query: password, is_active, person id and version; and per current room its state, id and latest values."""
    statement = sql.named(
        """
        SELECT u.password, u.is_active, p.id, p.version, {state}, {columns}
        FROM {users} u
        LEFT JOIN {people} p ON p.user_id = u.{user_key}
        LEFT JOIN {members} m ON m.person_id = p.id AND m.active
        LEFT JOIN {rooms} r ON r.id = m.room_id
        {joins}
        WHERE u.{user_key} = %s
        """,
        state=", ".join(f"r.{column}" for column in _STATE),
        **latest.COLUMNS.clauses(),
    )
    key = get_user_model()._meta.pk.get_db_prep_value(user_id, connection)  # noqa: SLF001 - a project's key may be a UUID
    (rows,) = sql.run((statement, [key]))
    return rows


def rooms_of(person_ids: Iterable[int]) -> dict[int, dict[str, RoomState]]:
    """Each person's current rooms. One query, so that epoch and membership are consistent."""
    found: dict[int, dict[str, RoomState]] = defaultdict(dict)
    for ids in _chunks(person_ids):
        rows = Member.objects.current().filter(person__in=ids)
        state = (f"room__{column}" for column in _STATE)
        for person, room, *numbers in rows.values_list("person", "room", *state):
            found[person][str(room)] = RoomState(*numbers)
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
        for room, *numbers in Room.objects.filter(pk__in=ids).values_list("pk", *_STATE):
            found[str(room)] = RoomState(*numbers)
    return found


def still_in(asked: Mapping[UUID, Collection[int]]) -> dict[UUID, tuple[int, set[int]]]:
    """The epoch of each room, read before the membership, and which of these people are in it. Two queries."""
    epochs: dict[UUID, int] = {}
    for rooms in _chunks(asked):
        epochs.update(Room.objects.filter(pk__in=rooms).values_list("pk", "epoch"))
    found: dict[UUID, tuple[int, set[int]]] = {room: (epochs.get(room, 0), set()) for room in asked}
    people = {person for those in asked.values() for person in those}
    for rooms, ids in product(_chunks(asked), list(_chunks(people))):
        rows = Member.objects.current().filter(room__in=rooms, person__in=ids)
        for room, person in rows.values_list("room", "person"):
            if person in asked[room]:
                found[room][1].add(person)
    return found


def revoked(asked: Sequence[Credentials]) -> dict[Credentials, int]:
    """The close code of each connection to close: signed out, password changed, or deactivated. Two queries."""
    users = _users({one.user_id for one in asked})
    sessions = _valid_sessions({one.session_key for one in asked})
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


def _valid_sessions(keys: set[str]) -> set[str]:
    store = import_module(settings.SESSION_ENGINE).SessionStore
    if hasattr(store, "get_model_class"):
        rows = store.get_model_class().objects.filter(expire_date__gt=timezone.now())
        return {
            key for chunk in _chunks(keys) for key in rows.filter(pk__in=chunk).values_list("pk", flat=True)
        }
    return {key for key in keys if store(key).exists(key)}


def _chunks[T](values: Iterable[T]) -> Iterator[tuple[T, ...]]:
    """Databases limit the length of an IN list; the people of one process rarely reach it."""
    return batched(values, MAX_IN_QUERY, strict=False)
