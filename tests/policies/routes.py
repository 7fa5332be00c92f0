"""The ways to try each action of the table: a view, an admin action or a socket command."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.urls import reverse

from chat.models import Ban
from tests.policies.world import Trier, World

type Try = Callable[[Trier, str], HttpResponse]


@dataclass(frozen=True)
class Case:
    """``acts``: it changes something, if allowed. ``route``: the address or action that it uses."""

    route: str
    attempt: Try
    acts: bool
    admin: bool = False
    ways: tuple[bool, ...] = (False, True)  # without script, with script


cases: dict[tuple[str, str], list[Case]] = defaultdict(list)
CLOSED, OPEN, DIRECT = "In a private room", "In an open room", "In a direct conversation"
ARCHIVED, QUIET = "In an archived room", "Where only owners and moderators post"
WORKSPACE, ADMIN = "In the workspace", "In the administration"
ROOMS = (CLOSED, OPEN)
ALL = (*ROOMS, DIRECT)


def look(
    action: str,
    route: str,
    *scopes: str,
    query: str = "",
    where: Callable[[Trier, str], Any] | None = None,
    ways: tuple[bool, ...] = (False, True),
) -> None:
    """A page to open."""

    def attempt(by: Trier, at: str) -> HttpResponse:
        return by.get(_path(route, by, at, where) + query)

    for scope in scopes:
        cases[scope, action].append(Case(route, attempt, acts=False, ways=ways))


def act(
    action: str,
    route: str,
    *scopes: str,
    where: Callable[[Trier, str], Any] | None = None,
    **data: str | Callable[[Trier, str], Any],
) -> None:
    """A form to send. Callables make the value for each attempt."""

    def attempt(by: Trier, at: str) -> HttpResponse:
        given = {name: value(by, at) if callable(value) else value for name, value in data.items()}
        return by.post(_path(route, by, at, where), **given)

    for scope in scopes:
        cases[scope, action].append(Case(route, attempt, acts=True))


def send(action: str, route: str, *scopes: str) -> None:
    """A form that only returns data, and changes nothing."""
    for scope in scopes:
        cases[scope, action].append(
            Case(route, lambda by, at: by.post(_path(route, by, at, None)), acts=False)
        )


def moderate(
    action: str,
    model: str,
    admin_action: str,
    row: Callable[[World], Any],
    *,
    app: str = "chat",
    **data: str,
) -> None:
    """An admin action on one row."""
    route = f"admin:{model}.{admin_action}"

    def attempt(by: Trier, _at: str) -> HttpResponse:
        return by.post(
            reverse(f"admin:{app}_{model}_changelist"),
            action=admin_action,
            _selected_action=[row(by.world).pk],
            **data,
        )

    cases[ADMIN, action].append(Case(route, attempt, acts=True, admin=True, ways=(False,)))


def _path(route: str, by: Trier, at: str, where: Callable[[Trier, str], Any] | None) -> str:
    if where is not None:
        found = where(by, at)
        return reverse(route, args=found if isinstance(found, list) else [found])
    return reverse(route, args=[by.world.room(at).pk] if at in by.world.rooms else [])


def own(by: Trier, at: str) -> Any:
    """The message of the person who tries it; None for those who never posted there."""
    found = by.world.messages.get((at, by.name))
    return found.pk if found else uuid4()


def others(by: Trier, at: str) -> Any:
    return by.world.message(at, "other").pk


def other_member(by: Trier, at: str) -> Any:
    return [by.world.room(at).pk, by.world.member(at, "other").pk]


def silenced_member(by: Trier, at: str) -> Any:
    return [by.world.room(at).pk, by.world.member(at, "silenced").pk]


def a_ban(by: Trier, at: str) -> Any:
    return [by.world.room(at).pk, Ban.objects.get(room=by.world.room(at)).pk]


def the_link(by: Trier, at: str) -> Any:
    return by.world.links[at].pk


def its_token(by: Trier, at: str) -> Any:
    return by.world.links[at].token


def a_moderator(by: Trier, at: str) -> Any:
    return [by.world.room(at).pk, by.world.member(at, "moderator").pk]


def other_person(by: Trier, _at: str) -> int:
    return by.world.person("other").pk
