"""Without JavaScript, and when it fails to load: everything that pages and forms can do."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import take
from tests.browser.scene import DESK, PHONE, Scene, live, texts
from tests.support.services import Daphne

SIZES = {"desk": DESK, "phone": PHONE}
OTHERS = """
say(bob, "Of Bob")
lobby = actions.create_room(bob, name="lobby-" + room.name, topic="Everybody", kind="open")
"""


def sign_in(scene: Scene, **options) -> Page:
    page = scene.open("charlie", "/accounts/login/", java_script_enabled=False, **options)
    page.context.clear_cookies()
    page.goto(f"{scene.server.url}/rooms/{scene.room}/")
    page.get_by_label("Email").fill("alice@example.com")
    page.get_by_label("Password").fill("talk-to-me")
    page.get_by_role("button", name="Sign in", exact=True).click()
    return page


def acts(page: Page, text: str) -> None:
    page.locator(".message", has_text=text).last.get_by_role("link", name="More", exact=True).click()


def picture(page: Page, pictures: Path, name: str) -> None:
    take(page, pictures / f"plain-{name}-{page.viewport_size['width']}.png")
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], name


@pytest.mark.parametrize("size", SIZES)
def test_the_whole_story_without_script(arrange, pictures: Path, size: str) -> None:
    scene = arrange(OTHERS)
    page = sign_in(scene, viewport=SIZES[size])
    expect(page.get_by_text("Of Bob").last).to_be_visible()
    picture(page, pictures, "room")
    page.get_by_role("button", name="Mark as read").click()
    expect(page.get_by_role("button", name="Mark as read")).to_have_count(0)

    page.fill("#body", "Written\nwithout script")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".message[data-seq='2']")).to_contain_text("without script")
    page.fill("#body", "y" * 10_001)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("of 10000 characters")
    expect(page.locator("#body")).to_have_value("y" * 10_001)
    picture(page, pictures, "refused")

    acts(page, "without script")
    picture(page, pictures, "acts")
    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_label("Edit message").fill("   ")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Edit message").fill("Edited without script")
    picture(page, pictures, "edit")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Message edited.")).to_be_visible()
    expect(page.locator(".message[data-seq='2'][data-edited]")).to_contain_text("Edited without script")

    acts(page, "Edited")
    page.get_by_role("link", name="Delete", exact=True).click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text("Message deleted.")).to_be_visible()
    expect(page.locator(".message[data-seq='2'][data-deleted]")).to_be_visible()
    acts(page, "Of Bob")
    page.get_by_role("link", name="Report", exact=True).click()
    page.get_by_role("link", name="Cancel").click()

    page.get_by_role("link", name="Details and members").click()
    picture(page, pictures, "members")
    page.get_by_role("link", name="Room settings").click()
    page.get_by_label("Topic").fill("Plainly said")
    picture(page, pictures, "settings")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#room-title")).to_contain_text("Plainly said")

    page.goto(f"{scene.server.url}/rooms/browse/?q=lobby-{scene.name}")
    page.get_by_role("button", name=f"Join #lobby-{scene.name}").click()
    expect(page.get_by_text("You joined #lobby")).to_be_visible()
    page.get_by_role("link", name="Details and members").click()
    page.get_by_role("link", name="Leave this room").click()
    page.get_by_role("button", name="Leave", exact=True).click()
    expect(page.get_by_text("You left #lobby")).to_be_visible()
    picture(page, pictures, "left")

    page.get_by_role("link", name="Profile and settings").click()
    page.get_by_label("Pronouns").fill("she")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()


def test_nothing_is_shown_that_does_nothing(arrange) -> None:
    """A button outside a form needs a script; without one it must be hidden."""
    scene = arrange("say(alice, 'Words')")
    page = scene.open("alice", java_script_enabled=False)
    for path in ("", "members/", "edit/", "invitations/", "leave/"):
        page.goto(scene.url + path)
        for button in page.locator("button[type=button]").all():
            expect(button).to_be_hidden()
    for path in ("/rooms/", "/rooms/browse/", "/rooms/favourites/", "/people/", "/profile/", "/rooms/new/"):
        page.goto(scene.server.url + path)
        for button in page.locator("button[type=button]").all():
            expect(button).to_be_hidden()


@pytest.mark.parametrize(
    ("script", "said"), [("chat/js/app/main", set()), ("django_htmx/htmx-2", {"alice: htmx did not load"})]
)
def test_a_script_that_does_not_come_leaves_the_plain_page(arrange, script: str, said: set[str]) -> None:
    scene = arrange("say(bob, 'Of Bob')")
    page = scene.open("alice")
    page.route(f"**/{script}.*js", lambda route: route.abort())
    page.reload()
    expect(page.locator("html:not([data-script])")).to_be_attached()
    expect(page.get_by_text("Times are in UTC")).to_be_visible()
    page.fill("#body", "Sent by the form alone")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#messages .message[data-seq='2']")).to_contain_text("Sent by the form alone")
    page.unroute_all()
    page.reload()
    live(page)
    expect(page.get_by_text("Times are in UTC")).to_be_hidden()
    expect(page.get_by_role("link", name="More", exact=True)).to_have_count(0)
    assert texts(page) == ["Of Bob", "Sent by the form alone"]
    assert set(scene.complaints) == said
    scene.complaints.clear()


def test_a_script_that_goes_wrong_leaves_the_plain_page(arrange, with_modules: Daphne) -> None:
    scene = arrange()
    scene.server = with_modules
    page = scene.open("alice")
    page.route(
        "**/js/app/panes.js",
        lambda route: route.fulfill(content_type="text/javascript", body="throw Error('no')"),
    )
    page.reload()
    expect(page.locator("html:not([data-script])")).to_be_attached()
    page.fill("#body", "Sent all the same")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#messages .message[data-seq='1']")).to_contain_text("Sent all the same")
    assert scene.complaints.pop() == "alice: no"
    scene.complaints.clear()
