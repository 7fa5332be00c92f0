"""Browser contexts, each used by one person in one test after another: what they cached of the product's style sheets and
scripts saves most of the time that a page takes to open.
"""

import contextlib
from collections import defaultdict
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Error, Page

VIOLATIONS = "addEventListener('securitypolicyviolation', e => console.error('CSP', e.violatedDirective, e.blockedURI))"
# What a test does to a context for ever.
LASTING = ("add_init_script", "route_web_socket", "expose_function", "expose_binding", "on", "close")


class Contexts:
    """``take`` one as good as new, and ``give_back`` it with its pages."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self._idle: dict[str, list[BrowserContext]] = defaultdict(list)
        self._kinds: dict[BrowserContext, str] = {}

    def take(self, name: str, options: dict[str, Any]) -> BrowserContext:
        """A new one, or one that ``name`` had before with the same ``options``."""
        kind = f"{name} {options}"
        if self._idle[kind]:
            return self._idle[kind].pop()
        context = self.browser.new_context(**options)
        context.add_init_script(VIOLATIONS)
        if options.get("service_workers") == "block":
            self._kinds[context] = kind
            for change in LASTING:
                self._notice(context, context, change)
            self._notice(context, context.clock, "install")  # pages that come later have the same clock
        return context

    def _notice(self, context: BrowserContext, of: Any, change: str) -> None:
        real = getattr(of, change)

        def changed(*arguments: Any, **named: Any) -> Any:
            self._kinds.pop(context, None)
            return real(*arguments, **named)

        setattr(of, change, changed)

    def give_back(self, context: BrowserContext, origin: str) -> None:
        """Close its pages, and delete what they stored; close it, if what a test did to it would last."""
        for page in context.pages:
            leave(page)
        kind = self._kinds.get(context)
        if kind is None:
            with contextlib.suppress(Error):
                context.close()
            return
        context.unroute_all()
        context.set_offline(False)
        context.clear_cookies()
        context.clear_permissions()
        page = context.new_page()
        storage = context.new_cdp_session(page)
        storage.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
        for each in context.pages:
            each.close()
        self._idle[kind].append(context)


def leave(page: Page) -> None:
    """To be called before a page is closed: Chromium drops a close that coincides with the commit of a navigation, and
    Playwright waits for it for ever (crbug.com/536385539).
    """
    # A message may not be stored yet, and the page asks whether to stay.
    with contextlib.suppress(Error):
        page.goto("about:blank")
