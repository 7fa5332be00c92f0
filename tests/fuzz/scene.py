"""The people who send requests, texts that nobody else may read, and ids worth guessing."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.urls import reverse

from chat import actions
from chat.actions.drafting import save_draft
from tests.conftest import say
from tests.policies.routes import ARCHIVED, CLOSED, DIRECT, OPEN, QUIET
from tests.policies.world import World, build

PEOPLE = ("signed out", "removed", "member", "workspace owner")
ROOMS = (CLOSED, OPEN, ARCHIVED, QUIET)
SECRETS = {scope: f"quokka-{number}-kept-here" for number, scope in enumerate((*ROOMS, DIRECT))}
DRAFT = "quokka-half-typed"  # by the room's owner, who is not in PEOPLE
# Who may read which texts. Workspace owners and moderators read rooms in the admin, and never direct conversations.
MAY_READ: dict[str, set[str]] = {
    "signed out": set(),
    "removed": set(),
    "member": set(SECRETS.values()),
    "workspace owner": {SECRETS[scope] for scope in ROOMS},
    "owner": {DRAFT, *(SECRETS[scope] for scope in ROOMS)},
}


@dataclass
class Scene:
    world: World
    ids: dict[str, list[str]]

    def unreadable(self, name: str) -> list[bytes]:
        return [secret.encode() for secret in {*SECRETS.values(), DRAFT} - MAY_READ[name]]


def arrange() -> Scene:
    """A workspace with every kind of person, and a message in every room."""
    world = build()
    owner, closed = world.person("owner"), world.room(CLOSED)
    actions.restore_room(owner, world.room(ARCHIVED).pk)
    for scope in ROOMS:
        say(owner, world.room(scope), SECRETS[scope])
    actions.archive_room(owner, world.room(ARCHIVED).pk)
    say(world.person("other"), world.room(DIRECT), SECRETS[DIRECT])
    save_draft(owner, closed.pk, DRAFT, age=timedelta(0))
    return Scene(world, _ids(world))


def _ids(world: World) -> dict[str, list[str]]:
    """Parameter of an address -> all existing values, of all people."""
    members = [world.member(scope, "other") for scope in (CLOSED, OPEN)]
    links: list[Any] = [*world.links.values(), *world.personal.values()]
    found: dict[str, list[Any]] = {
        "room_id": [room.pk for room in world.rooms.values()],
        "message_id": [message.pk for message in world.messages.values()],
        "member_id": [member.pk for member in members],
        "person_id": [person.pk for person in world.people.values()],
        "ban_id": [1, 2, 3],
        "report_id": [getattr(world.waiting, "pk", 1), getattr(world.decided, "pk", 1)],
        "invitation_id": [link.pk for link in links],
        "token": [link.token for link in links],
        "digest": [world.picture],
        "object_id": [1, 2, world.room(CLOSED).pk, world.message(CLOSED, "owner").pk],
        "id": [1, 2],
        "pk": [1, 2],
        "app_label": ["chat", "auth", "accounts", "mfa"],
        "content_type_id": [1, 5],
        "url": ["chat", "chat/room"],
        "file": ["chat/css/core/base.css", "chat/js/app/main.js", "django_htmx/htmx-2.min.js"],
        "key": ["set-password", "MQ:1x:2y"],
        "uidb36": ["1", "2"],
    }
    return {name: [str(each) for each in values] for name, values in found.items()}


def known(scene: Scene) -> list[str]:
    """All ids, and internal addresses, as values of fields."""
    ids = [each for values in scene.ids.values() for each in values]
    return [*ids, *(reverse("chat:room", args=[each]) for each in scene.ids["room_id"])]
