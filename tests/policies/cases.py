"""The permission cases of all features. Each brings its own: every ``permissions*.py`` beside a feature's tests is read.

Such a module calls ``look``, ``act``, ``send`` and ``moderate`` of ``routes.py``: one line says what is tried (as in the
table of docs/moderating.md), at which address, and in which rooms.
"""

from importlib import import_module
from pathlib import Path

TESTS = Path(__file__).parents[1]


def collect() -> list[str]:
    """Import the modules: this registers their routes."""
    names = [
        ".".join(("tests", *path.relative_to(TESTS).with_suffix("").parts))
        for path in sorted(TESTS.rglob("permissions*.py"))
    ]
    for name in names:
        import_module(name)
    return names
