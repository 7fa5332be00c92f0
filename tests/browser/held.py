"""Requests that wait, as on a slow network."""

import contextlib
import re
from collections.abc import Callable

from playwright.sync_api import Error, Page, Request, Route


def is_any(_request: Request) -> bool:
    return True


def is_post(request: Request) -> bool:
    return request.method == "POST"


class Held:
    """Holds a page's requests to some addresses, all or ``which``, until the story lets them go."""

    def __init__(
        self, page: Page, *patterns: str | re.Pattern[str], which: Callable[[Request], bool] = is_any
    ) -> None:
        self.waiting: list[Route] = []
        self._page, self._patterns, self._which = page, patterns, which
        self._ended = False
        for pattern in patterns:
            page.route(pattern, self._meet)

    def _meet(self, route: Route) -> None:
        if self._ended or not self._which(route.request):
            route.fallback()
        else:
            self.waiting.append(route)

    def let_go(self, how: Callable[[Route], None] = Route.continue_) -> None:
        """Those that wait. Later ones wait again."""
        while self.waiting:
            with contextlib.suppress(Error):  # the browser gave it up for another
                how(self.waiting.pop(0))

    def end(self) -> None:
        """Those that wait, and no other one waits."""
        self._ended = True
        self.let_go()
        for pattern in self._patterns:
            self._page.unroute(pattern, self._meet)
