"""The pages that axe looks at. Each feature brings its own: every ``audits*.py`` beside a feature's tests is read.

Such a module has ``PAGES``: the name of the screenshot -> (address, viewer: "alice", or None for a guest). In an address
ROOM stands for a room of Alice and Bob, DIRECT for a conversation, ARCHIVED for an archived room. Pages that need a click
first have a test beside the feature's stories.
"""

from importlib import import_module
from pathlib import Path

TESTS = Path(__file__).parents[1]

type Pages = dict[str, tuple[str, str | None]]
# Pages of no feature.
PAGES: Pages = {"missing": ("/rooms/00000000-0000-4000-8000-000000000000/", "alice")}


def collect() -> Pages:
    found: Pages = {}
    for path in sorted(TESTS.rglob("audits*.py")):
        pages: Pages = import_module(
            ".".join(("tests", *path.relative_to(TESTS).with_suffix("").parts))
        ).PAGES
        assert not found.keys() & pages.keys(), f"{path}: there is a picture of this name"
        found |= pages
    return found
