"""By keyboard, on a phone, without script; and every page at two sizes in two colour schemes."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser import audits
from tests.browser.looking import SIZES, audit
from tests.browser.scene import DESK, PHONE, close, live


def test_with_the_keyboard_alone(arrange) -> None:
    scene = arrange("say(alice, 'Older words'); say(bob, 'Of Bob')")
    alice = live(scene.open("alice"))
    alice.focus("#body")
    alice.keyboard.type("Typed")
    alice.keyboard.press("Enter")
    expect(alice.locator(".message[data-seq='3']")).to_be_visible()
    alice.focus("#stream")
    for _ in range(3):
        alice.keyboard.press("ArrowUp")
    expect(alice.locator(".message[data-seq='1']")).to_be_focused()
    for _ in ("name", "time", "copy", "link", "edit", "delete"):
        alice.keyboard.press("Tab")
    expect(alice.locator("#actions [data-action=delete]")).to_be_focused()
    alice.keyboard.press("Enter")
    expect(alice.get_by_role("link", name="Cancel")).to_be_focused()
    alice.keyboard.press("Tab")
    alice.keyboard.press("Enter")
    expect(alice.locator(".message[data-seq='1'][data-deleted]")).to_be_visible()


def test_a_phone_shows_one_pane_at_a_time(arrange) -> None:
    scene = arrange("say(bob, 'Hello phone')")
    phone = live(scene.open("alice", "/rooms/", viewport=PHONE, has_touch=True, is_mobile=True))
    phone.locator(f"#place-{scene.room}").tap()
    expect(phone.get_by_text("Hello phone").last).to_be_visible()
    live(phone)
    phone.fill("#body", "From the phone")
    phone.get_by_role("button", name="Send").tap()
    expect(phone.locator(".message[data-seq='2']")).to_be_visible()
    phone.locator("#details-toggle").tap()
    expect(phone.locator("#details")).to_be_visible()
    phone.get_by_role("button", name="Close details").tap()
    expect(phone.locator("#body")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    phone.get_by_role("link", name="Back to rooms").tap()
    expect(phone.locator(f"#place-{scene.room}")).to_be_visible()


def test_a_long_press_opens_the_sheet_and_a_tap_beside_closes_it(arrange) -> None:
    scene = arrange("for n in range(20): say(alice, f'Number {n}')")
    phone = live(scene.open("alice", viewport=PHONE, has_touch=True, is_mobile=True))
    finger = phone.context.new_cdp_session(phone)
    box = phone.locator(".message[data-seq='20'] .message__text").bounding_box()
    assert box
    at = {"x": box["x"] + 5, "y": box["y"] + 5}
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [at]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [at | {"x": at["x"] + 3}]})
    expect(phone.locator("#actions [data-action=delete]")).to_be_visible()
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(phone.locator("#actions")).to_be_visible()
    phone.locator(".message[data-seq='12'] .message__text").tap(position={"x": 2, "y": 2})
    expect(phone.locator("#actions")).to_be_hidden()


def test_without_script_people_read_and_write(arrange) -> None:
    scene = arrange("say(bob, 'Readable')")
    alice = scene.open("alice", java_script_enabled=False)
    expect(alice.get_by_text("Readable").last).to_be_visible()
    alice.fill("#body", "Written without script")
    alice.get_by_role("button", name="Send").click()
    expect(alice.locator(".message[data-seq='2']")).to_contain_text("Written without script")


CONTENT = r"""
say(bob, 'Some **Markdown** and `code`')
say(bob, '```python\nprint("สวัสดี")\n```')
say(alice, 'Здравейте на всички')
actions.delete_message(bob, say(bob, 'x').pk)
actions.edit_message(alice, say(alice, 'y').pk, 'Edited words')
long = actions.create_room(alice, name=f"{room.name}-{'m' * 45}", topic="", kind="closed")
actions.add_member(alice, long.pk, bob.username)
"""


def test_axe_finds_nothing_and_nothing_scrolls_sideways(arrange, pictures: Path) -> None:
    """Every page that ``audits*.py`` beside a feature's tests names, in both colour schemes, on a desktop and on a phone."""
    scene = arrange(CONTENT)
    page = scene.open("alice", "/rooms/", reduced_motion="reduce")
    guest = scene.browser.new_context(viewport=DESK, reduced_motion="reduce").new_page()
    found = []
    for name, (address, who) in audits.addresses(scene).items():
        shown = page if who else guest
        shown.goto(address)
        found += audit(shown, name, pictures)
    for size, off in (("desk", []), ("phone", ["landmark-one-main", "page-has-heading-one"])):
        # The details are a phone's only pane while they are open; the room's heading is behind it.
        page.set_viewport_size(SIZES[size])
        live(goto(page, scene.url)).locator("#details-toggle").click()
        found += audit(page, "details", pictures, sizes=[size], off=off)
    close(guest)
    assert not found, "\n".join(found)


def goto(page: Page, address: str) -> Page:
    page.goto(address)
    return page
