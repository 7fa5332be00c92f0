"""Forms: a room's name is made while it is typed, what was sent shows that it works, and icons say what they are."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.held import Held, is_post
from tests.browser.looking import SIZES, flaws
from tests.browser.scene import PHONE, live, until
from tests.chat.actions.test_room_names import NAMES

TOUCH = {"viewport": PHONE, "has_touch": True, "is_mobile": True}


def new_room(page: Page) -> None:
    page.goto(page.url.partition("/rooms/")[0] + "/rooms/")
    live(page)
    page.locator(".sidebar__top").get_by_role("link", name="New room").click()
    expect(page.get_by_label("Name", exact=True)).to_be_focused()


@pytest.mark.parametrize("size", SIZES)
def test_a_room_s_name_is_made_while_it_is_typed(arrange, size: str) -> None:
    page = arrange().open("alice", viewport=SIZES[size])
    new_room(page)
    field = page.get_by_label("Name", exact=True)
    page.keyboard.type("Winter Party")
    expect(field).to_have_value("winter-party")
    for _ in "party":
        page.keyboard.press("ArrowLeft")
    page.keyboard.type("Beach & ")
    expect(field).to_have_value("winter-beach-party")
    assert field.evaluate("field => field.selectionStart") == len("winter-beach-")
    for typed, name in NAMES.items():
        if "\n" in typed:  # a field of one line takes none
            continue
        field.fill(typed)
        page.get_by_label("Topic").focus()
        expect(field).to_have_value(name)
        field.focus()


def test_what_an_input_method_composes_is_left_alone(arrange) -> None:
    page = arrange().open("alice")
    new_room(page)
    field = page.get_by_label("Name", exact=True)
    keys = page.context.new_cdp_session(page)
    keys.send("Input.imeSetComposition", {"text": "Ё Ж", "selectionStart": 3, "selectionEnd": 3})
    expect(field).to_have_value("Ё Ж")
    keys.send("Input.insertText", {"text": "Ё Ж"})
    expect(field).to_have_value("ё-ж")


@pytest.mark.parametrize("size", SIZES)
def test_a_dialog_is_sent_once_and_shows_that_it_works(arrange, size: str) -> None:
    scene = arrange()
    page = scene.open("alice", viewport=SIZES[size])
    new_room(page)
    held = Held(page, "**/rooms/new/", which=is_post)
    page.get_by_label("Name", exact=True).fill(f"{scene.name} once")
    button = page.get_by_role("button", name="Create room")
    width = button.bounding_box()
    button.click()
    expect(button).to_have_attribute("aria-busy", "true")
    button.click()
    page.keyboard.press("Enter")
    assert button.bounding_box() == width
    until(page, lambda: held.waiting)
    assert len(held.waiting) == 1
    held.let_go(lambda route: route.fulfill(status=503, headers={"Chat-Answer": "1"}, body="Later"))
    expect(button).not_to_have_attribute("aria-busy", "true")
    held.end()
    button.click()
    expect(page.get_by_role("heading", name=f"{scene.name}-once", exact=True)).to_be_visible()


# At once: while a page is about to go, Playwright waits for the next one.
CLICK_TWICE = """(button) => {
    const before = button.offsetWidth;
    button.click();
    button.click();
    return { busy: button.ariaBusy, wider: button.offsetWidth - before, disabled: button.disabled };
}"""
BUSY = {"busy": "true", "wider": 0, "disabled": False}


@pytest.mark.parametrize("size", SIZES)
def test_a_form_of_the_browser_is_sent_once(arrange, size: str) -> None:
    scene = arrange()
    page = scene.open("alice", "/accounts/security/", viewport=SIZES[size])
    page.context.clear_cookies()
    page.goto(f"{scene.server.url}/accounts/login/")
    expect(page.get_by_label("Email")).to_be_focused()
    posts: list[str] = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    page.get_by_label("Email").fill("alice@example.com")
    page.get_by_label("Password").fill("talk-to-me")
    assert page.get_by_role("button", name="Sign in", exact=True).evaluate(CLICK_TWICE) == BUSY
    page.wait_for_url("**/rooms/**")
    assert posts == [f"{scene.server.url}/accounts/login/"]


def test_what_did_not_lead_away_can_be_sent_again(arrange) -> None:
    page = arrange().open("alice", "/profile/")
    page.route("**/profile/", lambda route: route.fulfill(status=204))  # the browser stays on the page
    page.clock.install()
    button = page.get_by_role("button", name="Save")
    assert button.evaluate(CLICK_TWICE) == BUSY
    expect(button).to_have_attribute("aria-busy", "true")
    page.clock.run_for(15_000)
    expect(button).not_to_have_attribute("aria-busy", "true")


def tooltip(page: Page):
    return page.locator(".tooltip:popover-open")


def test_an_icon_says_what_it_is_to_pointer_and_keyboard(arrange) -> None:
    page = live(arrange("say(alice, 'Words')").open("alice"))
    page.get_by_label("Details and members").hover()
    expect(tooltip(page)).to_have_text("Details and members")
    page.mouse.move(640, 400)
    expect(tooltip(page)).to_have_count(0)
    page.get_by_text("Words").last.hover()
    page.locator("#actions [data-action=link]").hover()
    expect(tooltip(page)).to_have_text("Copy link")
    page.keyboard.press("Escape")
    expect(tooltip(page)).to_have_count(0)
    page.locator("#finder").focus()
    page.keyboard.press("Shift+Tab")
    expect(tooltip(page)).to_have_text("New room")
    assert not flaws(page, "a tooltip")
    page.keyboard.press("Enter")
    expect(page.locator("#dialog")).to_be_visible()
    page.locator("#dialog").get_by_role("button", name="Close", exact=True).hover()
    expect(tooltip(page)).to_have_text("Close")


def test_an_icon_says_what_it_is_to_a_finger_that_stays(arrange) -> None:
    page = live(arrange().open("alice", **TOUCH))
    toggle = page.locator("#details-toggle")
    box = toggle.bounding_box()
    assert box
    finger = page.context.new_cdp_session(page)
    point = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    expect(tooltip(page)).to_have_text("Details and members")
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.locator("#details")).to_be_hidden()
    expect(tooltip(page)).to_have_count(0)
    toggle.tap()
    expect(page.locator("#details")).to_be_visible()
