"""The pages that tests walk: axe, forms, and dialogs on a phone. Each feature brings its own: every ``audits*.py`` beside a
feature's tests is read.

Such a module has ``PAGES``: the name of the screenshot -> (address, viewer: "alice", or None for a guest). In an address
ROOM stands for a room of Alice and Bob, DIRECT for a conversation, ARCHIVED for an archived room. Pages that need a click
first have a test beside the feature's stories.
"""

import re
from importlib import import_module
from pathlib import Path

from tests.browser.scene import Scene

TESTS = Path(__file__).parents[1]

type Pages = dict[str, tuple[str, str | None]]
# Pages of no feature.
PAGES: Pages = {"missing": ("/rooms/00000000-0000-4000-8000-000000000000/", "alice")}
# Those of a person that are never connected.
WITHOUT_SOCKET = {"delete-account", "missing", "password"}
OTHER_ROOMS = """
from uuid import uuid4
alice, bob, charlie = (Person.objects.get(user__email=f"{n}@example.com") for n in ("alice", "bob", "charlie"))
direct = actions.open_direct(alice, [bob.pk, charlie.pk])
actions.post_message(bob, direct.pk, id=uuid4(), body="Between us")
archived = actions.create_room(alice, name=f"old-{uuid4().hex[:8]}", topic="", kind="closed")
actions.archive_room(alice, archived.pk)
print(direct.pk, archived.pk)
"""


def collect() -> Pages:
    found: Pages = {}
    for path in sorted(TESTS.rglob("audits*.py")):
        pages: Pages = import_module(
            ".".join(("tests", *path.relative_to(TESTS).with_suffix("").parts))
        ).PAGES
        assert not found.keys() & pages.keys(), f"{path}: there is a picture of this name"
        found |= pages
    return found


def addresses(scene: Scene) -> Pages:
    """All of them, with the addresses that they have in this scene. It makes a conversation and an archived room."""
    direct, archived = scene.do(OTHER_ROOMS).split()[-2:]
    rooms = {"ROOM": scene.room, "DIRECT": direct, "ARCHIVED": archived}

    def address(path: str) -> str:
        return scene.server.url + re.sub("^[A-Z]+", lambda word: f"/rooms/{rooms[word[0]]}/", path)

    return {name: (address(path), who) for name, (path, who) in collect().items()}
