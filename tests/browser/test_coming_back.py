"""After signing in one is in the room one was in last; and where there is nothing to browse, one can create a room."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import SIZES, flaws, take
from tests.browser.scene import PHONE, Scene, live

ROOMS = """
lobby = actions.create_room(bob, name="lobby-" + room.name, topic="", kind="open")
actions.join_room(alice, lobby.pk)
"""
READ = """
from hypertalk.accounts.models import User
User.objects.update(last_room=None)
say(bob, "Words")
actions.mark_read(alice, room.pk, 1)
"""
OPTIONS: dict[str, dict[str, Any]] = {
    "desk": {},
    "phone": {"viewport": PHONE, "has_touch": True, "is_mobile": True},
}


def sign_in(scene: Scene, page: Page, path: str = "/") -> None:
    page.goto(scene.server.url + path)
    page.get_by_label("Email").fill("alice@example.com")
    page.get_by_label("Password").fill("talk-to-me")
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(scene: Scene, page: Page) -> None:
    page.goto(f"{scene.server.url}/profile/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/**")


@pytest.mark.parametrize("size", OPTIONS)
def test_one_is_in_the_room_one_was_in_last(arrange, size: str) -> None:
    scene = arrange(ROOMS)
    page = live(scene.open("alice", **OPTIONS[size]))
    if size == "phone":
        page.get_by_label("Back to rooms").click()
    page.get_by_role("link", name=f"lobby-{scene.name}").click()
    expect(page.get_by_role("heading", name=f"lobby-{scene.name}", exact=True)).to_be_visible()
    there = page.url
    sign_out(scene, page)
    assert not [cookie for cookie in page.context.cookies() if cookie["name"] == "chat_room"]
    page.context.clear_cookies()  # as in another browser
    sign_in(scene, page)
    if size == "phone":
        expect(page.get_by_role("link", name=f"lobby-{scene.name}")).to_be_visible()
        expect(page).to_have_url(f"{scene.server.url}/rooms/")
        expect(page.locator("#stream")).to_be_hidden()
    else:
        expect(page).to_have_url(there)
        expect(page.locator("#body")).to_be_focused()
        page.keyboard.type("Back again")
        page.keyboard.press("Enter")
        expect(page.locator(".message[data-seq='1']")).to_contain_text("Back again")


def test_a_link_leads_where_it_says(arrange) -> None:
    scene = arrange(ROOMS)
    page = live(scene.open("alice", "/rooms/"))
    page.get_by_role("link", name=f"lobby-{scene.name}").click()
    expect(page.locator("#body")).to_be_focused()
    sign_out(scene, page)
    sign_in(scene, page, f"/rooms/{scene.room}/")
    expect(page).to_have_url(scene.url)


def test_without_script_a_button_leads_back(arrange) -> None:
    """Where nobody knows more, to the room whose messages one read last."""
    scene = arrange(READ)
    page = scene.open("alice", java_script_enabled=False)
    page.context.clear_cookies()
    sign_in(scene, page)
    page.get_by_role("link", name=re.compile(r"^Go to #")).click()
    expect(page).to_have_url(scene.url)


@pytest.mark.parametrize("size", SIZES)
def test_where_there_is_nothing_to_browse_one_creates_a_room(arrange, pictures: Path, size: str) -> None:
    scene = arrange(
        "from chat.models import Room\nfor other in Room.objects.open_to(charlie): actions.join_room(charlie, other.pk)"
    )
    page = scene.open("charlie", "/rooms/browse/", viewport=SIZES[size])
    expect(page.get_by_role("searchbox")).to_have_count(0)
    expect(page.get_by_role("heading", name="There are no other open rooms")).to_be_visible()
    take(page, pictures / f"browse-nothing-{size}.png")
    assert not flaws(page, f"nothing to browse, {size}")
    page.locator(".page").get_by_role("link", name="New room").click()
    page.get_by_label("Name", exact=True).fill(f"{scene.name} first")
    page.get_by_role("button", name="Create room").click()
    expect(page.get_by_role("heading", name=f"{scene.name}-first", exact=True)).to_be_visible()
    page.goto(f"{scene.server.url}/rooms/")
    expect(page.locator("#no-room").get_by_role("link", name="Browse open rooms")).to_have_count(0)
