"""What docs/embedding.md advises is no weaker than what this deployment does."""

import re
from pathlib import Path

from django.conf import settings
from django.utils.csp import CSP

PAGE = Path(__file__).parents[2] / "docs" / "embedding.md"


def test_the_policy_of_the_page_leaves_nothing_open_that_ours_closes() -> None:
    """``base-uri`` and ``frame-ancestors`` do not fall back to ``default-src``."""
    (text,) = re.findall(r"^SECURE_CSP = (\{.*?^\})", PAGE.read_text(), re.DOTALL | re.MULTILINE)
    theirs = eval(text, {"CSP": CSP})  # noqa: S307 - of our own page
    ours = settings.SECURE_CSP
    assert {name: value for name, value in ours.items() if name in theirs} == theirs
    assert ours.keys() - theirs.keys() <= {"font-src"}  # which falls back to nothing at all
