"""Browser contexts with a page, each used by one person in one test after another. Chromium goes on in the same process,
which knows the product's scripts already: that saves most of the time that a page takes to open.
"""

import contextlib
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Error, Page

VIOLATIONS = "addEventListener('securitypolicyviolation', e => console.error('CSP', e.violatedDirective, e.blockedURI))"
# What a test does to a context or to a page for ever. Pages that come later have the same clock.
LASTING = ("add_init_script", "route_web_socket", "expose_function", "expose_binding", "close")
OF_CONTEXTS = (*LASTING, "on", "once")
OF_CLOCKS = ("install", "pause_at", "set_fixed_time", "set_system_time")
OF_PAGES = (
    *LASTING,
    "once",
    "emulate_media",
    "set_viewport_size",
    "set_default_timeout",
    "add_locator_handler",
)


class Contexts:
    """``take`` a page as good as new, and ``give_back`` its context with all its pages."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self._idle: dict[str, list[Page]] = defaultdict(list)
        self._kinds: dict[BrowserContext, str] = {}  # of those that can be used again
        self._kept: dict[Page, list[tuple[str, Any]]] = {}  # pages of them -> who listens to these

    def take(self, name: str, options: dict[str, Any]) -> Page:
        """A new one, or one that ``name`` had before with the same ``options``."""
        kind = f"{name} {options}"
        if self._idle[kind]:
            return self._idle[kind].pop()
        context = self.browser.new_context(**options)
        context.add_init_script(VIOLATIONS)
        if options.get("service_workers") != "block":
            return context.new_page()
        self._kinds[context] = kind
        for of, changes in ((context, OF_CONTEXTS), (context.clock, OF_CLOCKS)):
            for change in changes:
                before(of, change, lambda *_: self._kinds.pop(context, None))
        # A session may slow a page down, or give it keys.
        before(context, "new_cdp_session", lambda page: self._kept.pop(page, None))
        return self._page(context)

    def _page(self, context: BrowserContext) -> Page:
        page = context.new_page()
        self._kept[page] = []
        for change in OF_PAGES:
            before(page, change, lambda *_: self._kept.pop(page, None))
        before(page, "on", lambda *heard: self._kept.get(page, []).append(heard))
        return page

    def give_back(self, context: BrowserContext, origin: str) -> None:
        """Close its pages but one, and delete what they stored; close it, if what a test did to it would last."""
        kept = None
        for page in context.pages:
            if kept or page not in self._kept:
                leave(page)
            elif leave(page, f"{origin}/healthz/"):
                kept = page
                page.evaluate("() => sessionStorage.clear()")
        kind = self._kinds.get(context)
        if kind is None:
            with contextlib.suppress(Error):
                context.close()
            return
        kept = kept or self._page(context)
        for page in context.pages:
            if page is not kept:
                page.close()
        self._clear(kept, origin)
        self._idle[kind].append(kept)

    def _clear(self, page: Page, origin: str) -> None:
        context = page.context
        context.unroute_all()
        context.set_offline(False)
        context.clear_cookies()
        context.clear_permissions()
        page.unroute_all()
        for heard in self._kept[page]:
            page.remove_listener(*heard)
        page.mouse.move(-1, -1)
        devtools = context.new_cdp_session(page)
        devtools.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
        devtools.send("Page.resetNavigationHistory")
        devtools.detach()
        self._kept[page] = []  # this session leaves nothing


def before(of: Any, name: str, happen: Callable[..., Any]) -> None:
    """Whenever the method is called, something happens before, with its arguments."""
    real = getattr(of, name)

    def called(*arguments: Any, **named: Any) -> Any:
        happen(*arguments)
        return real(*arguments, **named)

    setattr(of, name, called)


def leave(page: Page, to: str = "about:blank") -> bool:
    """To be called before a page is closed: Chromium drops a close that coincides with the commit of a navigation, and
    Playwright waits for it for ever (crbug.com/536385539). Returns whether the page is there.
    """
    # A message may not be stored yet, and the page asks whether to stay.
    with contextlib.suppress(Error):
        page.goto(to)
        return True
    return False
