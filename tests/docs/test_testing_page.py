"""docs/testing.md: each command of the Makefile that looks for faults stands there, and each that a page names is one."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TARGETS = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
NO_TESTS = {"help", "run", "format", "pins"}


def commands_in(page: Path) -> set[str]:
    return set(re.findall(r"`make ([a-z-]+)", page.read_text()))


def test_every_command_that_tests_is_explained() -> None:
    assert commands_in(ROOT / "docs" / "testing.md") == TARGETS - NO_TESTS


def test_every_command_that_a_page_names_is_there() -> None:
    for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        assert commands_in(page) <= TARGETS, page
