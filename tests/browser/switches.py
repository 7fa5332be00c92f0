"""Helpers for stories in which the page shows another room."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, Request

from tests.browser.held import Held

OTHER = """
other = actions.create_room(bob, name=f"other-{room.name}", topic="Something else", kind="closed")
actions.add_member(bob, other.pk, alice.username)
for number in range(3):
    actions.post_message(bob, other.pk, id=uuid4(), body=f"Other {number}")
say(bob, "Here it began")
"""


def mark(page: Page) -> None:
    """A page that is loaded anew has no such mark."""
    page.evaluate("() => { window.stayed = true; }")


def stayed(page: Page) -> bool:
    return bool(page.evaluate("() => window.stayed === true"))


def row(page: Page, name: str) -> str:
    return f".place:has(.place__name:text-is('{name}'))"


def go(page: Page, name: str) -> None:
    page.locator(row(page, name)).click()


def of_parts(request: Request) -> bool:
    """Whether it asks for the parts of a room, and not for a whole page."""
    return request.headers.get("hx-target") == "main"


def of_pages(request: Request) -> bool:
    return of_parts(request) or request.is_navigation_request()


def hold(
    page: Page, pattern: str | re.Pattern[str] = "**/rooms/*/", which: Callable[[Request], bool] = of_parts
) -> Held:
    """These requests of the page wait from now on."""
    return Held(page, pattern, which=which)
