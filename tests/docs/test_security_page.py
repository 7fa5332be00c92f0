"""docs/security.md: each hazard has its test, and each test that is named is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text()


def test_every_test_that_is_named_is_there() -> None:
    named = re.findall(r"`(tests/[\w/]+(?:\.py)?)(?:::(\w+))?`", PAGE)
    assert len(named) > 30
    for file, test in named:
        assert (ROOT / file).exists(), file
        assert not test or re.search(rf"def {test}\(", (ROOT / file).read_text()), (file, test)


def test_every_hazard_has_its_line() -> None:
    rows = re.findall(r"^\| (\d+)\. .*\|$", PAGE, re.MULTILINE)
    assert rows == [str(n) for n in range(1, 26)]


def test_who_finds_a_fault_learns_where_to_report_it() -> None:
    assert "docs/security.md" in (ROOT / "SECURITY.md").read_text()
    assert "(docs/security.md)" in (ROOT / "README.md").read_text()
