"""Accessibility of a page (axe), its width, and screenshots."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page, ViewportSize

from tests.browser.scene import DESK, PHONE

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
# Only what is wrong leaves the page: all that is right would take longer on its way than the rules themselves.
RUN = """async ([within, options]) => {
    const { violations } = await axe.run(within, { ...options, resultTypes: ["violations"] });
    return violations.map(({ id, nodes }) => [id, nodes[0].html]);
}"""
# A button that fades from one scheme's colour to the other's has a contrast that nobody reads.
SETTLED = """async () => {
    document.body.getBoundingClientRect();
    const fading = document.getAnimations().filter((each) => each instanceof CSSTransition);
    await Promise.allSettled(fading.map((each) => each.finished));
}"""
WIDTH = "document.documentElement.scrollWidth"  # innerWidth grows with it, on a phone
OF_COLOUR = (
    "color-contrast",
    "link-in-text-block",
)  # the rules that can differ between a light page and a dark one
SIZES: dict[str, ViewportSize] = {"desk": DESK, "phone": PHONE}


def take(page: Page, path: Path, **options: Any) -> None:
    """Take a screenshot, if somebody wants to look at them (``make pictures``): nothing compares them."""
    if os.environ.get("PICTURES"):
        page.screenshot(path=path, **options)


def flaws(
    page: Page, name: str, *, within: str = "html", off: Sequence[str] = (), only: Sequence[str] = ()
) -> list[str]:
    """Returns what axe finds (by the rules ``only``, without the rules ``off``), and whether the page scrolls sideways."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    page.evaluate(SETTLED)
    options: dict[str, Any] = {"rules": {rule: {"enabled": False} for rule in off}}
    if only:
        options["runOnly"] = {"type": "rule", "values": list(only)}
    found = [f"{name}: {rule}: {html[:200]}" for rule, html in page.evaluate(RUN, [within, options])]
    size = page.viewport_size
    assert size
    return [*found, f"{name}: scrolls sideways"] if page.evaluate(WIDTH) > size["width"] else found


def appearances(
    page: Page,
    name: str,
    pictures: Path,
    *,
    sizes: Sequence[str] = tuple(SIZES),
    tall: int = 0,
    full_page: bool = False,
) -> Iterator[tuple[str, str]]:
    """The current page, at each size in both colour schemes: one visit for all.

    ``tall``: the height of the window, if the panes scroll and not the page.
    """
    for size in sizes:
        width, height = SIZES[size]["width"], SIZES[size]["height"]
        page.set_viewport_size({"width": width, "height": tall or height})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            take(page, pictures / f"{name}-{width}-{scheme}.png", full_page=full_page)
            yield size, scheme
    page.set_viewport_size(SIZES[sizes[0]])


def audit(page: Page, name: str, pictures: Path, *, off: Sequence[str] = (), **options: Any) -> list[str]:
    """The flaws of a page in all its appearances. Rules that don't depend on colours run once for each size."""
    found = []
    for size, scheme in appearances(page, name, pictures, **options):
        only = OF_COLOUR if scheme == "dark" else ()
        found += flaws(page, f"{name}, {size}, {scheme}", off=off, only=only)
    return found
