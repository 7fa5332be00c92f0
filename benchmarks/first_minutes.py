"""In a real browser: from an empty workspace to two people talking, in clicks, fields and seconds."""

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page, expect, sync_playwright

from benchmarks.populated import Deployment
from benchmarks.table import Table
from tests.support.services import Daphne, chromium

WORDS = "four-words-are-easy"


@dataclass
class Hands:
    """What a person does, and how often."""

    clicks: int = 0
    fields: int = 0

    def click(self, what: Locator) -> None:
        self.clicks += 1
        what.click()

    def fill(self, page: Page, **fields: str) -> None:
        for label, text in fields.items():
            self.fields += 1
            page.get_by_label(label.replace("_", " "), exact=True).fill(text)


def first_minutes(table: Table, _deployment: Deployment) -> None:
    """On SQLite, as after ``make run``. Seconds of somebody who types and decides at once: what the product itself takes."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        workspace = Daphne(Path(folder), DATABASE_URL=f"sqlite:///{folder}/db.sqlite3")
        workspace.manage("migrate", "--verbosity", "0")
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        try:
            hands, began = Hands(), time.monotonic()
            talk(browser.new_context().new_page(), browser.new_context().new_page(), workspace.url, hands)
            seconds = time.monotonic() - began
        finally:
            browser.close()
            workspace.stop()
    table.add("empty workspace to two people talking, clicks", hands.clicks)
    table.add("empty workspace to two people talking, fields", hands.fields, "", "two of them messages")
    table.add("empty workspace to two people talking, time of the product", seconds, "s")


def talk(owner: Page, guest: Page, url: str, hands: Hands) -> None:
    owner.goto(url)
    hands.fill(owner, Workspace_name="Harbour", Your_name="Olga", Email="olga@example.com", Password=WORDS)
    hands.click(owner.get_by_role("button", name="Create workspace"))
    hands.click(owner.get_by_role("link", name="Invite people").first)
    hands.click(owner.get_by_role("button", name="Create link"))
    hands.click(owner.get_by_role("button", name="Copy link"))
    guest.goto(owner.get_by_label("Link", exact=True).input_value())
    hands.click(guest.get_by_role("link", name="Create an account"))
    hands.fill(guest, Your_name="Somchai", Email="somchai@example.com", Password=WORDS)
    hands.click(guest.get_by_role("button", name="Create account"))
    hands.click(owner.get_by_role("link", name="general").first)
    for here, there, text in ((guest, owner, "Here I am"), (owner, guest, "Welcome")):
        hands.fields += 1
        here.wait_for_selector("html[data-live]")
        here.locator("#body").fill(text)
        here.keyboard.press("Enter")
        expect(there.locator("#messages").get_by_text(text)).to_be_visible()
