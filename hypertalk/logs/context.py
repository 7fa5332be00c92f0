"""Whose work is being done: what every line that is logged meanwhile carries, also from threads."""

import logging
import re
import secrets
from contextvars import ContextVar
from typing import Any

# In the order in which a line shows them. ``person`` and ``room`` are ids of rows.
MARKS = ("request", "socket", "person", "room")
TOLD = ("person", "room")  # those that a line may also bring along itself
# What else a line may say of itself. Anything not named here is left out, whatever a library puts into its records.
FACTS = ("method", "path", "status", "code", "ms", "client")

_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

marks: ContextVar[dict[str, Any] | None] = ContextVar("marks", default=None)


def new_id() -> str:
    return secrets.token_hex(8)


def usable_id(given: str) -> bool:
    """Whether a proxy's id may stand in our log: short, and nothing that could be taken for another line."""
    return _ID.fullmatch(given) is not None


def of_request(request: Any) -> dict[str, Any]:
    """Person and room of a Django request, as far as they are known: nothing is asked for it."""
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
    """Add to the marks of the work at hand."""
    here = marks.get()
    if here is not None:
        here.update(more)


def of_record(record: logging.LogRecord) -> dict[str, Any]:
    """Marks and facts of one line."""
    found: dict[str, Any] = dict(marks.get() or {})
    given = record.__dict__
    if hasattr(given.get("request"), "META"):  # Django hands its request to the line about it
        found |= of_request(given["request"])
    for name in (*TOLD, *FACTS):
        value = given.get(name)
        if isinstance(value, str | int | float):
            found[name] = value[:500] if isinstance(value, str) else value
    return {name: found[name] for name in (*MARKS, *FACTS) if name in found}
