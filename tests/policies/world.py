"""A workspace with every kind of person, and how one of them tries something."""

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.tasks import TaskResultStatus
from django.test import Client
from django.test.client import ClientHandler
from django.urls import reverse
from PIL import Image

from chat import actions, limits
from chat.db.clock import clock
from chat.models import Invitation, Member, Message, Person, Report, Room
from hypertalk.caching import row_cache
from hypertalk.jobs.models import NOTHING, Job
from tests.conftest import say

IN_ROOMS = ("owner", "moderator", "member", "silenced", "removed", "banned")
ELSEWHERE = ("stranger", "workspace moderator", "workspace owner")
NEVER = ("deactivated", "signed out")  # not allowed, whatever the table says
ALSO = {"participant": "member", "anyone": "stranger"}  # the person for a column of the table
ROOMS = {
    "In a private room": "closed",
    "In an open room": "open",
    "In an archived room": "open",
    "Where only owners and moderators post": "closed",
}

_drawn = BytesIO()
Image.new("RGB", (300, 300), "navy").save(_drawn, "PNG")
PICTURE = _drawn.getvalue()


@dataclass
class World:
    """Each room has every kind of person, and one more member, the other one, as the target of actions.

    The direct conversation is between member and other. Each room has an invitation link from when everyone was in it.
    """

    people: dict[str, Person] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)  # from when all of them were still members
    rooms: dict[str, Room] = field(default_factory=dict)
    messages: dict[tuple[str, str], Message] = field(default_factory=dict)
    links: dict[str, Invitation] = field(default_factory=dict)
    personal: dict[str, Invitation] = field(default_factory=dict)  # into the closed room
    picture: str = ""  # the owner's
    waiting: Report | None = None
    decided: Report | None = None
    job: Job | None = None  # set aside

    def person(self, name: str) -> Person:
        return self.people[name]

    def room(self, scope: str) -> Room:
        return self.rooms[scope]

    def message(self, scope: str, by: str) -> Message:
        """The person's message in a room, from when they were in it."""
        return self.messages[scope, by]

    def member(self, scope: str, name: str) -> Member:
        return Member.objects.get(room=self.rooms[scope], person=self.people[name])


def build() -> World:
    world = World()
    for name in (*IN_ROOMS, *ELSEWHERE, "deactivated", "other"):
        slug = f"{name.replace(' ', '-')}-1"
        user = get_user_model()._default_manager.create_user(f"{slug}@example.com", "talk-to-me")
        user.is_staff = name.startswith("workspace")
        user.is_superuser = name == "workspace owner"
        user.save()
        world.people[name] = actions.ensure_person(user, slug)
        world.sessions[name] = _signed_in(user)
    for scope, kind in ROOMS.items():
        _furnish(world, scope, kind)
    owner = world.people["owner"]
    actions.archive_room(owner, world.room("In an archived room").pk)
    quiet = world.room("Where only owners and moderators post")
    actions.edit_room(owner, quiet.pk, name=quiet.name, topic="", moderators_post_only=True)
    _pair(world)
    closed = world.room("In a private room")
    for name in (*ELSEWHERE, "removed"):
        world.personal[name] = actions.invite_person(owner, closed.pk, world.people[name].pk)
    for name in ("stranger", "workspace moderator", "workspace owner"):
        actions.block_person(world.people[name], world.people["silenced"].pk)
    _report(world)
    world.picture = actions.set_picture(owner, PICTURE).picture
    actions.silence_person(world.people["workspace owner"], world.people["silenced"].pk, timedelta(days=1))
    _orphan(world)
    world.job = Job.objects.create(
        task_path="chat.jobs.mailing.mail_invitation",
        args_kwargs=NOTHING,
        status=TaskResultStatus.FAILED,
        run_after=clock.now(),
    )
    actions.deactivate_person(world.people["deactivated"])
    return world


def _signed_in(user: Any) -> str:
    """The key of a session that was already used, so that attempts don't record its first use."""
    client = Client()
    client.force_login(user)
    client.get(reverse("chat:home"))
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _furnish(world: World, scope: str, kind: str) -> None:
    owner = world.people["owner"]
    room = world.rooms[scope] = actions.create_room(owner, name=scope.replace(" ", "-"), topic="", kind=kind)
    for name in (*IN_ROOMS[1:], "deactivated", "other"):
        actions.add_member(owner, room.pk, world.people[name].username)
    actions.set_role(owner, room.pk, world.member(scope, "moderator").pk, "moderator")
    for name in (*IN_ROOMS, "deactivated", "other"):
        world.messages[scope, name] = say(world.people[name], room, f"Said by {name}")
    world.links[scope] = actions.make_link(owner, room.pk)
    actions.remove_member(owner, room.pk, world.member(scope, "removed").pk)
    actions.ban_member(owner, room.pk, world.member(scope, "banned").pk)
    actions.silence_member(owner, room.pk, world.member(scope, "silenced").pk, timedelta(days=1))


def _pair(world: World) -> None:
    scope = "In a direct conversation"
    world.rooms[scope] = actions.open_direct(world.people["member"], [world.people["other"].pk])
    for name in ("member", "other"):
        world.messages[scope, name] = say(world.people[name], world.rooms[scope], "Between us")


def _orphan(world: World) -> None:
    """A room whose only owner is deactivated."""
    gone, other = world.people["deactivated"], world.people["other"]
    room = world.rooms["Without an owner"] = actions.create_room(gone, name="orphan", topic="", kind="closed")
    actions.add_member(gone, room.pk, other.username)


def _report(world: World) -> None:
    scope, other = "In a private room", world.people["other"]
    world.waiting = actions.report_message(other, world.message(scope, "owner").pk, "spam")
    decided = actions.report_message(other, world.message(scope, "moderator").pk, "spam")
    world.decided = actions.decide_report(world.people["workspace owner"], decided.pk, "dismissed")


_handler = ClientHandler(enforce_csrf_checks=False)  # shared: it loads the middleware once


class Trier:
    """One of the people in a browser: with script or without."""

    def __init__(self, world: World, name: str, *, script: bool) -> None:
        self.world, self.name, self.script = world, ALSO.get(name, name), script
        self.client = Client(headers={"HX-Request": "true"} if script else None)
        self.client.handler = _handler
        if self.name != "signed out":
            self.client.cookies[settings.SESSION_COOKIE_NAME] = world.sessions[self.name]
        self.reset()

    @staticmethod
    def reset() -> None:
        """Clear caches: the attempts of others were rolled back."""
        cache.clear()
        limits.reset()
        row_cache._unmarked.clear()

    def get(self, path: str) -> HttpResponse:
        return self.client.get(path)

    def post(self, path: str, **data: Any) -> HttpResponse:
        return self.client.post(path, data)


def state() -> str:
    """A digest of all rows of the chat, of the accounts and of the jobs in the database."""
    digest = hashlib.sha256()
    users = get_user_model()
    quoted = connection.ops.quote_name
    with connection.cursor() as cursor:
        for model in [
            *apps.get_app_config("chat").get_models(),
            *apps.get_app_config(users._meta.app_label).get_models(),
            Job,
        ]:
            about = model._meta
            kept = ", ".join(quoted(f.column) for f in about.concrete_fields if f.attname != "last_login")
            cursor.execute(f"SELECT {kept} FROM {quoted(about.db_table)} ORDER BY {quoted(about.pk.column)}")  # noqa: S608
            digest.update(repr(cursor.fetchall()).encode())
    return digest.hexdigest()
