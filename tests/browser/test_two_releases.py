"""A page outlives the release it was loaded from: it works with the next server, and with the previous one."""

import json
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.contexts import Contexts
from tests.browser.scene import ARRANGE, Scene, live, send
from tests.support.releases import ROOT, Release, release_before, serve


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return release_before(tmp_path_factory.mktemp("before"))


@pytest.fixture(scope="module")
def daphne(before: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Release]:
    """A server whose database our release has already migrated, as a deployment does before it restarts servers."""
    folder = tmp_path_factory.mktemp("releases")
    env = {"DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}", "POST_LIMIT": "1000/1s"}
    made = Release(before, folder, **env)
    made.manage("migrate", "--verbosity", "0")
    made.manage("demo", DEBUG="1")
    yield made
    made.stop()


EXTRA = """
say(bob, "Of Bob")
other = actions.create_room(alice, name=f"other-{room.name}", topic="", kind="closed")
actions.add_member(alice, other.pk, bob.username)
"""


@pytest.fixture
def scene(daphne: Release, browser: Browser) -> Iterator[Scene]:
    name = f"t-{uuid.uuid4().hex[:8]}"
    out = daphne.elsewhere(ARRANGE.replace("NAME", repr(name)).replace("EXTRA", EXTRA))
    arranged = Scene(daphne, browser, Contexts(browser), name, **json.loads(out.partition("ARRANGED")[2]))
    yield arranged
    arranged.end()


def talk(alice: Page, bob: Page, words: str) -> None:
    """A message, its edit, and other requests of an older page."""
    send(alice, f"{words} of Alice")
    expect(bob.locator("#messages .message__text").last).to_have_text(f"{words} of Alice")
    send(bob, f"{words} of Bob")
    message = alice.locator("#messages .message").last
    expect(message.locator(".message__text")).to_have_text(f"{words} of Bob")
    expect(alice.locator("[data-state='pending']")).to_have_count(0)
    bob.locator("#messages .message").last.hover()
    bob.locator("#actions [data-action='edit']").click()
    bob.locator("#messages textarea").fill(f"{words} of Bob, edited")
    bob.locator("#messages textarea").press("Enter")
    expect(message.locator(".message__text")).to_have_text(f"{words} of Bob, edited")
    expect(alice.locator(".place-row", has_text=words).first).to_contain_text(f"{words} of Bob, edited")


@pytest.mark.parametrize("way", ["a newer server", "an older server"])
def test_a_page_goes_on_with_another_release(scene: Scene, daphne: Release, before: Path, way: str) -> None:
    first, then = (before, ROOT) if way == "a newer server" else (ROOT, before)
    serve(daphne, first)
    alice, bob = live(scene.open("alice")), live(scene.open("bob"))
    talk(alice, bob, "Before")
    daphne.stop()
    expect(alice.locator("html")).not_to_have_attribute("data-live", "yes")
    send(alice, "While nobody served")
    serve(daphne, then)
    for page in (alice, bob):
        expect(page.locator("html")).to_have_attribute("data-live", "yes", timeout=30_000)
    expect(bob.locator("#messages .message__text").last).to_have_text("While nobody served", timeout=30_000)
    talk(alice, bob, "After")
    # The other room: in a newer page in place, though an older server does not know that the page shows it now.
    for page in (alice, bob):
        page.locator(".place-row", has_text=f"other-{scene.name}").locator("a.place").click()
        expect(page.locator("#room-title h1")).to_have_text(f"other-{scene.name}")
        expect(page.locator("#stream:not([aria-busy])")).to_be_visible()
        live(page)
    send(alice, "First words elsewhere")
    for page in (bob, alice):
        expect(page.locator("#messages .message__text").last).to_have_text(
            "First words elsewhere", timeout=40_000
        )
    talk(alice, bob, "Elsewhere")
