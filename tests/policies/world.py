"""A place with somebody of every kind, and how one of them tries something."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from chat import actions, limits
from chat.models import Member, Message, Person, Room
from hypertalk import remembering
from tests.conftest import say

IN_ROOMS = ("owner", "moderator", "member", "removed")
ELSEWHERE = ("stranger", "place moderator", "place owner")
ALSO = {"one of its people": "member", "anybody": "stranger"}  # who stands for a column of the table
NEVER = ("deactivated", "signed out")  # whatever the table says, they may not
ROOMS = {"In a closed room": "closed", "In an open room": "open", "In an archived room": "open"}


@dataclass
class World:
    """Each room has an owner, a moderator, a member and somebody removed; the direct conversation is of member and other."""

    people: dict[str, Person] = field(default_factory=dict)
    rooms: dict[str, Room] = field(default_factory=dict)
    messages: dict[tuple[str, str], Message] = field(default_factory=dict)

    def person(self, name: str) -> Person:
        return self.people[name]

    def room(self, place: str) -> Room:
        return self.rooms[place]

    def message(self, place: str, by: str) -> Message:
        """What somebody said in a room while they were in it."""
        return self.messages[place, by]

    def member(self, place: str, name: str) -> Member:
        return Member.objects.get(room=self.rooms[place], person=self.people[name])


def build() -> World:
    world = World()
    names = (*IN_ROOMS, *ELSEWHERE, "deactivated", "other")
    for name in names:
        slug = name.replace(" ", "-")
        user = get_user_model()._default_manager.create_user(f"{slug}@example.com", "talk-to-me")
        if name.startswith("place"):
            user.is_staff = True
            user.is_superuser = name == "place owner"
            user.save()
        world.people[name] = actions.ensure_person(user, slug)
    owner = world.people["owner"]
    for place, kind in ROOMS.items():
        room = actions.create_room(owner, name=place.replace(" ", "-"), topic="", kind=kind)
        world.rooms[place] = room
        for name in ("moderator", "member", "removed", "deactivated", "other"):
            actions.add_member(owner, room.pk, world.people[name].username)
        actions.set_role(owner, room.pk, world.member(place, "moderator").pk, "moderator")
        for name in (*IN_ROOMS, "deactivated", "other"):
            world.messages[place, name] = say(world.people[name], room, f"Said by {name}")
        actions.remove_member(owner, room.pk, world.member(place, "removed").pk)
    actions.archive_room(owner, world.room("In an archived room").pk)
    direct = actions.open_direct(world.people["member"], [world.people["other"].pk])
    world.rooms["In a direct conversation"] = direct
    for name in ("member", "other"):
        world.messages["In a direct conversation", name] = say(world.people[name], direct, "Between us")
    actions.deactivate_person(world.people["deactivated"])
    return world


class Trier:
    """One of them, in a browser: with script or without."""

    def __init__(self, world: World, name: str, *, script: bool) -> None:
        self.world, self.name, self.script = world, ALSO.get(name, name), script
        self.client = Client(headers={"HX-Request": "true"} if script else None)
        if self.name != "signed out":
            self.client.force_login(world.person(self.name).user)
        self.forget()

    @staticmethod
    def forget() -> None:
        """What others did was rolled back; nobody may remember it."""
        cache.clear()
        limits.forget()
        remembering._unmarked.clear()

    def get(self, path: str) -> HttpResponse:
        return self.client.get(path)

    def post(self, path: str, **data: Any) -> HttpResponse:
        return self.client.post(path, data)


def state() -> str:
    """A digest of everything the chat keeps, and of who may come in."""
    digest = hashlib.sha256()
    users = get_user_model()
    for model in [
        *apps.get_app_config("chat").get_models(),
        *apps.get_app_config(users._meta.app_label).get_models(),
    ]:
        kept = [f.attname for f in model._meta.concrete_fields if f.attname != "last_login"]
        digest.update(repr(list(model._default_manager.order_by("pk").values_list(*kept))).encode())
    return digest.hexdigest()
