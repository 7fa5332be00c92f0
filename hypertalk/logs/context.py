"""Ids of the current request or socket, added to every line logged meanwhile, also from threads."""

import logging
import re
import secrets
from contextvars import ContextVar
from typing import Any

# In the order of a log line. ``person`` and ``room`` are primary keys.
MARKS = ("request", "socket", "person", "room")
OF_RECORD = ("person", "room")  # a record may also have these itself
# Other fields of a log line. All further fields that a library adds to its records are left out.
FACTS = ("method", "path", "status", "code", "ms", "client")

_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

marks: ContextVar[dict[str, Any] | None] = ContextVar("marks", default=None)


def new_id() -> str:
    return secrets.token_hex(8)


def usable_id(given: str) -> bool:
    """Whether a proxy's id may be logged: short, and without characters that could fake another line."""
    return _ID.fullmatch(given) is not None


def of_request(request: Any) -> dict[str, Any]:
    """Ids of the person and the room of a Django request, if they are loaded already. Runs no query."""
    found: dict[str, Any] = {}
    user: Any = getattr(request, "_cached_user", None)
    person = user._state.fields_cache.get("person") if hasattr(user, "_state") else None  # noqa: SLF001 - never a query
    if person is not None:
        found["person"] = person.pk
    match = getattr(request, "resolver_match", None)
    if match is not None and "room_id" in match.kwargs:
        found["room"] = str(match.kwargs["room_id"])
    return found


def note(**more: Any) -> None:
    """Add ids to the current context."""
    here = marks.get()
    if here is not None:
        here.update(more)


def of_record(record: logging.LogRecord) -> dict[str, Any]:
    """The ids and other fields of one line."""
    found: dict[str, Any] = dict(marks.get() or {})
    given = record.__dict__
    if hasattr(given.get("request"), "META"):  # Django adds its request to the record
        found |= of_request(given["request"])
    for name in (*OF_RECORD, *FACTS):
        value = given.get(name)
        if isinstance(value, str | int | float):
            found[name] = value[:500] if isinstance(value, str) else value
    return {name: found[name] for name in (*MARKS, *FACTS) if name in found}
