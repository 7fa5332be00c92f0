"""One pane at a time on a phone: whatever opens is seen, and can be closed."""

from playwright.sync_api import expect

from tests.browser.scene import PHONE, Scene, live

# Everything that can open over the page, and the pane that it stands in.
IN_PANES = """() => [...document.querySelectorAll("dialog")]
    .filter((dialog) => dialog.closest(".sidebar, main, .details")).map((dialog) => dialog.id || dialog.className)"""


def test_no_dialog_stands_in_a_pane_that_a_phone_may_hide(arrange) -> None:
    scene: Scene = arrange()
    for path in (None, "/rooms/", "/people/", "/profile/"):
        page = live(scene.open("alice", path))
        assert page.evaluate(IN_PANES) == [], path


def test_a_day_is_chosen_from_the_details_of_a_phone(arrange) -> None:
    scene: Scene = arrange("say(bob, 'Of today')")
    phone = live(scene.open("alice", viewport=PHONE, has_touch=True, is_mobile=True))
    phone.locator("#details-toggle").tap()
    phone.locator("#details").get_by_role("button", name="Jump to date").tap()
    dialog = phone.get_by_role("dialog", name="Jump to date")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Close").tap()
    expect(dialog).to_be_hidden()
    phone.get_by_role("button", name="Close details").tap()
    expect(phone.locator("#body")).to_be_visible()


def test_escape_closes_the_details_and_leads_back_to_their_button(arrange) -> None:
    scene: Scene = arrange()
    alice = live(scene.open("alice"))
    alice.locator("#details-toggle").click()
    expect(alice.locator("#details")).to_be_visible()
    alice.keyboard.press("Escape")
    expect(alice.locator("#details")).to_be_hidden()
    expect(alice.locator("#details-toggle")).to_be_focused()
