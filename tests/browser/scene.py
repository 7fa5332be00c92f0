"""A room with its people, and helpers for its page."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Locator, Page, WebSocketRoute, expect

from tests.browser.contexts import Contexts, leave
from tests.support.services import Daphne

DESK = {"width": 1280, "height": 832}
PHONE = {"width": 390, "height": 844}
# What the browser and htmx log about failed answers and connections, and of requests that a page left behind;
# our scripts log nothing.
NETWORK = re.compile(
    r"Failed to load resource|WebSocket connection|net::ERR_|htmx:(sendError|sendAbort|afterRequest)"
    r"|registration blocked by Playwright"
)

ARRANGE = """
import json
from uuid import uuid4
from django.test import Client
from chat import actions
from chat.models import Block, Member, Person
for block in Block.objects.all():  # what an earlier story left would keep two of them apart
    actions.unblock_person(block.person, block.blocked_id)
alice, bob, charlie = (Person.objects.get(user__email=f"{n}@example.com") for n in ("alice", "bob", "charlie"))
room = actions.create_room(alice, name=NAME, topic="A topic", kind="closed")
actions.add_member(alice, room.pk, bob.username)
def say(person, body):
    return actions.post_message(person, room.pk, id=uuid4(), body=body).message
EXTRA
sessions = {}
for name, person in (("alice", alice), ("bob", bob), ("charlie", charlie)):
    client = Client()
    client.force_login(person.user)
    sessions[name] = client.cookies["sessionid"].value
print("ARRANGED" + json.dumps({"room": str(room.pk), "sessions": sessions}))
"""


@dataclass
class Scene:
    """A closed room of Alice and Bob; Charlie is a stranger. ``complaints``: messages of the console and of the CSP."""

    server: Daphne
    browser: Browser
    contexts: Contexts
    name: str
    room: str
    sessions: dict[str, str]
    complaints: list[str] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{self.server.url}/rooms/{self.room}/"

    def open(self, name: str, path: str | None = None, **options: Any) -> Page:
        usual = {
            "viewport": DESK,
            "locale": "en-GB",
            "timezone_id": "Europe/Sofia",
            "service_workers": "block",
        }
        page = self.contexts.take(name, usual | options)
        session = {"name": "sessionid", "value": self.sessions[name], "url": self.server.url}
        page.context.add_cookies([session])
        page.on("console", lambda m: self.complain(name, m.text) if m.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: self.complain(name, str(error)))
        page.goto(self.url if path is None else self.server.url + path)
        self.pages.append(page)
        return page

    def complain(self, name: str, text: str) -> None:
        if not NETWORK.search(text):
            self.complaints.append(f"{name}: {text}")

    def end(self) -> None:
        for context in {page.context for page in self.pages}:
            self.contexts.give_back(context, self.server.url)
        assert not self.complaints, self.complaints

    def do(self, code: str) -> str:
        """Something that happens elsewhere, through the same actions."""
        return self.server.elsewhere(f"from chat import actions\nfrom chat.models import *\n{code}")


def close(page: Page) -> None:
    """Close its whole context."""
    if not page.is_closed():
        leave(page)
    page.context.close()


def send(page: Page, text: str) -> None:
    page.fill("#body", text)
    page.press("#body", "Enter")


def discard(where: Page | Locator) -> None:
    """Discard an unsent message or a draft, and confirm it."""
    where.get_by_role("button", name="Discard").click(timeout=15_000)
    page = where if isinstance(where, Page) else where.page
    page.get_by_role("dialog", name="Discard").get_by_role("button", name="Discard").click()


def until(page: Page, there: Callable[[], Any]) -> None:
    """Let the page run until a condition is true on the test's side: two beats of the server at most."""
    deadline = time.monotonic() + 35
    while time.monotonic() < deadline:
        if there():
            return
        # To ask the page would take its time, and wait for a page that it is loading.
        page.wait_for_timeout(20)
    raise AssertionError("it never came")


def on_device(page: Page, table: str) -> list[dict[str, Any]]:
    """What the page stores there; nothing after all was cleared."""
    rows: list[dict[str, Any]] = page.evaluate(
        """(table) => new Promise((resolve) => {
            const shared = ["outbox", "drafts"].includes(table);
            const asked = indexedDB.open(shared ? "hypertalk" : `hypertalk ${table} ${document.body.dataset.me}`);
            asked.onupgradeneeded = () => asked.transaction.abort();
            asked.onerror = () => resolve([]);
            asked.onsuccess = () => {
                const all = asked.result.transaction(table).objectStore(table).getAll();
                all.onsuccess = () => { asked.result.close(); resolve(all.result); };
            };
        })""",
        table,
    )
    return rows


def texts(page: Page) -> list[str]:
    return page.locator("#messages .message__text").all_inner_texts()


def moderate(page: Page, what: str) -> None:
    """An owner or moderator acts on the one other member, on the page of a room's members, and confirms it."""
    page.get_by_role("link", name=what, exact=True).click()
    page.locator("#dialog").get_by_role("button", name=what, exact=True).click()


def live(page: Page) -> Page:
    """Wait until the page's socket is connected."""
    expect(page.locator("html")).to_have_attribute("data-live", "yes", timeout=20_000)
    return page


def intercept_posts(page: Page, meet: Callable[[str, WebSocketRoute, WebSocketRoute], Any]) -> Page:
    """Reload the page with its connection intercepted: ``meet(text, page's end, server's end)`` is called for each post."""

    def relay(ours: WebSocketRoute) -> None:
        theirs = ours.connect_to_server()
        ours.on_message(
            lambda text: meet(str(text), ours, theirs) if '"post"' in str(text) else theirs.send(text)
        )

    page.route_web_socket(re.compile("/live/"), relay)
    page.reload()
    return live(page)
