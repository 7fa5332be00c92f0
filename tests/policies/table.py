"""Reads the table of docs/moderating.md."""

from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "moderating.md"
HEADING = "## Who may do what"
WORDS = {"yes": True, "no": False, "": None}  # an empty cell: the case does not exist


def table() -> dict[tuple[str, str], dict[str, bool]]:
    """(section, action) -> column -> whether it is allowed."""
    text = PAGE.read_text().partition(HEADING)[2].partition("\n## ")[0]
    found: dict[tuple[str, str], dict[str, bool]] = {}
    scope, columns = "", []
    for line in text.splitlines():
        if line.startswith("### "):
            scope, columns = line.removeprefix("### ").strip(), []
        elif line.startswith("|"):
            action, *cells = (cell.strip() for cell in line.strip("|").split("|"))
            if not columns:
                columns = cells
            elif set(action) - set("-: "):
                assert (scope, action) not in found, f"{scope}: {action} stands there twice"
                assert len(cells) == len(columns), f"{scope}: {action} has {len(cells)} cells"
                known = zip(columns, (WORDS[cell] for cell in cells), strict=True)
                found[scope, action] = {column: may for column, may in known if may is not None}
    return found
