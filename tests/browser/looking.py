"""How a page does with axe, and with its width."""

from collections.abc import Sequence
from pathlib import Path

import axe_playwright_python
from playwright.sync_api import Page

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
RUN = (
    "([within, off]) => axe.run(within, {rules: Object.fromEntries(off.map((id) => [id, {enabled: false}]))})"
)
WIDTH = "document.documentElement.scrollWidth"  # innerWidth grows with it, on a phone


def flaws(page: Page, name: str, *, within: str = "html", off: Sequence[str] = ()) -> list[str]:
    """What axe finds (but for the rules that are ``off``), and whether the page scrolls sideways."""
    page.evaluate(AXE)
    found = [
        f"{name}: {problem['id']}: {problem['nodes'][0]['html'][:200]}"
        for problem in page.evaluate(RUN, [within, list(off)])["violations"]
    ]
    size = page.viewport_size
    assert size
    return [*found, f"{name}: scrolls sideways"] if page.evaluate(WIDTH) > size["width"] else found
