"""A room with people who are signed in, for one test in a running workspace."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_CODE = """
import json
from django.test import Client
from django.contrib.auth import get_user_model
from chat import actions
from chat.models import Member
users = get_user_model()._default_manager
people = {{}}
for name in {names!r}:
    email = f"{{name}}-{tag}@example.com"
    people[name] = actions.ensure_person(users.create_user(email, "talk-to-me"), name.title())
owner, *others = people.values()
room = actions.create_room(owner, name="{tag}", topic="", kind="closed")
for other in others:
    actions.add_member(owner, room.pk, other.username)
sessions = {{}}
for name, person in people.items():
    client = Client()
    client.force_login(person.user)
    sessions[name] = client.cookies["sessionid"].value
{more}
members = {{m.person.display_name.lower(): m.pk for m in Member.objects.filter(room=room)}}
print("ARRANGED" + json.dumps({{"room": str(room.pk), "sessions": sessions, "members": members}}))
"""


@dataclass
class Scene:
    """A closed room for one test: its id, a session for each person, and their member ids."""

    room: str
    sessions: dict[str, str]
    members: dict[str, int]


def arrange(run: Callable[[str], str], names: Sequence[str], tag: str, more: str = "") -> Scene:
    """``run`` runs Python in the workspace, with ``more`` at the end. The room is named by ``tag``; the first person
    owns it.
    """
    out = run(_CODE.format(names=list(names), tag=tag, more=more))
    return Scene(**json.loads(out.partition("ARRANGED")[2]))
