"""A phone in the hand: Back, the sheet of a message, the composer, toasts; and the same on a desk where it matters."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import audits
from tests.browser.scene import DESK, PHONE, Scene, live

TOUCH: dict[str, Any] = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
OTHER = """
other = actions.create_room(bob, name=f"other-{room.name}", topic="", kind="closed")
actions.add_member(bob, other.pk, alice.username)
say(bob, "Hello **phone**\\n\\nand a second line")
say(alice, "Of Alice")
"""


def back(page: Page) -> None:
    """The browser's Back, without waiting for a page."""
    page.evaluate("() => { history.back(); }")


def settled(page: Page, *, covered: bool = False) -> None:
    """The history has an entry for what is open, or has none any more."""
    page.wait_for_function("(covered) => (history.state?.overlay === true) === covered", arg=covered)


def long_press(page: Page, message: Locator) -> None:
    finger = page.context.new_cdp_session(page)
    box = message.bounding_box()
    assert box
    at = {"x": box["x"] + 5, "y": box["y"] + 5}
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [at]})
    expect(page.locator("#actions")).to_be_visible()
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


FORWARD = """() => new Promise((resolve) => {
    addEventListener("popstate", resolve, { once: true });
    history.forward();
})"""


def choose(page: Page, name: str) -> None:
    """In the switcher, which is open."""
    page.fill("#switcher-words", name)
    page.locator(".option", has_text=name).first.tap()


def text(page: Page, seq: int) -> Locator:
    return page.locator(f".message[data-seq='{seq}'] .message__text")


def test_back_closes_what_is_open_before_it_leaves_the_room(arrange) -> None:
    scene: Scene = arrange(OTHER)
    phone = live(scene.open("alice", "/rooms/", **TOUCH))
    phone.evaluate("() => { window.stayed = true; }")
    phone.locator(f"#place-{scene.room}").tap()
    expect(text(phone, 2)).to_be_visible()
    details, day = phone.locator("#details"), phone.locator("#day")

    phone.locator("#details-toggle").tap()
    expect(details).to_be_visible()
    length = phone.evaluate("history.length")
    details.locator("[data-action='day']").tap()
    expect(day).to_be_visible()
    back(phone)
    expect(day).to_be_hidden()
    expect(details).to_be_visible()
    settled(phone, covered=True)  # by the details
    back(phone)
    expect(details).to_be_hidden()
    expect(phone.locator("#body")).to_be_visible()

    for _ in range(3):  # closed by its own button, it takes its entry away
        phone.locator("#details-toggle").tap()
        settled(phone, covered=True)
        phone.get_by_role("button", name="Close details").tap()
        settled(phone)
    long_press(phone, text(phone, 1))
    settled(phone, covered=True)
    back(phone)
    expect(phone.locator("#actions")).to_be_hidden()
    phone.evaluate(FORWARD)  # nothing opens again
    settled(phone)
    assert phone.evaluate("history.length") == length
    expect(phone).to_have_url(scene.url)

    back(phone)
    expect(phone.locator(".sidebar")).to_be_visible()
    expect(phone).to_have_url(re.compile("/rooms/$"))
    for opener, dialog in (("#finder", "#switcher"), ("#keys-open", "#keys")):
        phone.locator(opener).tap()
        expect(phone.locator(dialog)).to_be_visible()
        settled(phone, covered=True)
        back(phone)
        expect(phone.locator(dialog)).to_be_hidden()
        expect(phone).to_have_url(re.compile("/rooms/$"))

    # What is chosen there takes the place of its entry.
    phone.locator("#finder").tap()
    choose(phone, f"other-{scene.name}")
    expect(phone.locator("#room-title h1")).to_have_text(f"other-{scene.name}")
    settled(phone)
    back(phone)
    expect(phone.locator(".sidebar")).to_be_visible()
    assert phone.evaluate("window.stayed")


def test_a_reload_or_another_room_while_the_details_are_open(arrange) -> None:
    scene: Scene = arrange(OTHER)
    phone = live(scene.open("alice", "/rooms/", **TOUCH))
    phone.locator(f"#place-{scene.room}").tap()
    phone.locator("#details-toggle").tap()
    settled(phone, covered=True)
    phone.reload()
    live(phone)
    settled(phone)
    expect(phone.locator("#details")).to_be_hidden()
    phone.locator("#details-toggle").tap()
    expect(phone.locator("#details")).to_be_visible()
    phone.keyboard.press("Control+k")
    choose(phone, f"other-{scene.name}")
    expect(phone.locator("#room-title h1")).to_have_text(f"other-{scene.name}")
    expect(phone.locator("#details")).to_be_hidden()
    back(phone)
    expect(text(phone, 2)).to_be_visible()
    expect(phone).to_have_url(scene.url)
    phone.locator("#details-toggle").tap()  # one tap, as ever
    expect(phone.locator("#details")).to_be_visible()


def test_on_a_desk_back_leaves_the_room_and_escape_closes(arrange) -> None:
    scene: Scene = arrange(OTHER)
    alice = live(scene.open("alice", "/rooms/"))
    alice.locator(f"#place-{scene.room}").click()
    expect(text(alice, 2)).to_be_visible()
    length = alice.evaluate("history.length")
    alice.locator("#details-toggle").click()
    alice.locator("#details [data-action='day']").click()
    expect(alice.locator("#day")).to_be_visible()
    alice.keyboard.press("Escape")
    expect(alice.locator("#day")).to_be_hidden()
    alice.keyboard.press("Escape")
    expect(alice.locator("#details")).to_be_hidden()
    assert alice.evaluate("history.length") == length
    back(alice)
    expect(alice).to_have_url(re.compile("/rooms/$"))


def test_the_sheet_says_which_message_it_is_about_and_goes_with_it(arrange) -> None:
    scene: Scene = arrange(OTHER)
    phone, bob = live(scene.open("alice", **TOUCH)), live(scene.open("bob"))
    about = phone.locator("#actions-about")
    author = phone.locator(".message[data-seq='1'] .message__name").inner_text()
    long_press(phone, text(phone, 1))
    expect(about.locator("b")).to_have_text(author)
    expect(about.locator("span")).to_have_text("Hello phone")
    expect(about).to_be_visible()
    size = about.bounding_box()
    assert size
    assert size["height"] < 40  # one line
    bob.press("#body", "ArrowUp")
    bob.locator("form[data-edit] textarea").fill("Other words")
    bob.locator("form[data-edit] textarea").press("Enter")
    expect(about.locator("span")).to_have_text("Other words")
    expect(phone.locator("#actions")).to_be_visible()
    text(bob, 1).hover()
    bob.locator("#actions [data-action='delete']").click()
    bob.locator("#dialog").get_by_role("button", name="Delete").click()
    expect(phone.locator("#actions")).to_be_hidden()
    assert phone.locator("#actions-about").text_content() == ""
    settled(phone)


def height(page: Page) -> float:
    box = page.locator("#composer").bounding_box()
    assert box
    return box["height"]


def test_the_composer_is_one_row_until_it_is_used_and_the_keyboard_stays_after_send(arrange) -> None:
    scene: Scene = arrange(OTHER)
    phone = live(scene.open("alice", **TOUCH))
    field, button = phone.locator("#body"), phone.get_by_role("button", name="Send")
    row = height(phone)
    assert row <= 48
    expect(button).to_be_hidden()
    field.tap()
    expect(button).to_be_visible()
    used = height(phone)
    field.fill("One\nTwo\nThree")
    assert height(phone) > used
    button.tap()
    expect(text(phone, 3)).to_contain_text("Three")
    expect(field).to_be_focused()
    assert height(phone) == used
    field.fill("A draft")
    field.blur()
    expect(button).to_be_visible()
    button.tap()  # the keyboard was down, and stays down
    expect(text(phone, 4)).to_have_text("A draft")
    expect(field).not_to_be_focused()
    expect(button).to_be_hidden()
    assert height(phone) == row


def test_on_a_desk_nothing_folds_and_the_caret_stays_in_the_field(arrange) -> None:
    scene: Scene = arrange(OTHER)
    alice = live(scene.open("alice"))
    field, button = alice.locator("#body"), alice.get_by_role("button", name="Send")
    expect(field).to_be_focused()
    used = height(alice)
    field.blur()
    alice.locator("#stream").focus()
    assert height(alice) == used
    field.focus()
    alice.keyboard.type("By Enter")
    alice.keyboard.press("Enter")
    alice.keyboard.type("By a click")
    button.click()
    expect(field).to_be_focused()
    alice.keyboard.type("From elsewhere")
    alice.locator("#stream").focus()
    button.click()
    expect(field).to_be_focused()
    for seq, words in ((3, "By Enter"), (4, "By a click"), (5, "From elsewhere")):
        expect(text(alice, seq)).to_have_text(words)
    field.fill("\u200b")  # which nobody can see
    button.click()
    expect(alice.locator(".message[data-state='failed']")).to_be_visible()
    alice.keyboard.type("Goes on")
    expect(field).to_have_value("Goes on")
    assert height(alice) == used


# Whether a picture is the one that is seen all around its edge, and not only in the middle.
WHOLE = """(picture) => {
    picture.scrollIntoView({ block: "center" });
    const { left, top, width, height } = picture.getBoundingClientRect();
    return Math.abs(width - height) < 0.1 && width > 12 && [...Array(16).keys()].every((n) => {
        const angle = n * Math.PI / 8;
        const [x, y] = [left + width / 2 * (1 + 0.9 * Math.cos(angle)), top + height / 2 * (1 + 0.9 * Math.sin(angle))];
        return picture.contains(document.elementFromPoint(x, y));
    });
}"""
DIRECTS = """
for others in ([bob.pk], [bob.pk, charlie.pk]):
    direct = actions.open_direct(alice, others)
    actions.post_message(bob, direct.pk, id=uuid4(), body="Between us")
"""


@pytest.mark.parametrize("options", [TOUCH, {"viewport": DESK}], ids=["phone", "desk"])
def test_pictures_of_directs_are_whole(arrange, options) -> None:
    scene: Scene = arrange(DIRECTS)
    page = live(scene.open("alice", "/rooms/", **options))
    shown = page.locator("#directs .avatar:visible")
    assert shown.count() >= 3
    assert [shown.nth(n).evaluate(WHOLE) for n in range(shown.count())] == [True] * shown.count()
    page.locator("#finder").click()
    page.locator("#switcher-words").fill(page.locator("#directs .place__name").first.inner_text()[:3])
    chosen = page.locator("#switcher .option .avatar")
    expect(chosen.first).to_be_visible()
    assert [chosen.nth(n).evaluate(WHOLE) for n in range(chosen.count())] == [True] * chosen.count()


# Where things are that people read and press.
PLACES = """() => [...document.querySelectorAll("#composer, #room-bar, #messages > .message:last-child, .sidebar")]
    .filter((each) => each.checkVisibility()).map((each) => JSON.stringify(each.getBoundingClientRect()))"""
# What the toasts lie over, and "outside" for each that is not wholly seen.
COVERED = """() => {
    const rect = (each) => each.getBoundingClientRect();
    const toasts = [...document.querySelectorAll(".toast")].map(rect);
    const beside = (one, two) => one.right <= two.left || two.right <= one.left;
    const apart = (one, two) => beside(one, two) || one.bottom <= two.top || two.bottom <= one.top;
    const inside = ({ top, bottom, left, right }) => top >= 0 && bottom <= innerHeight && left >= 0 && right <= innerWidth;
    const out = toasts.filter((each) => !inside(each));
    const panes = [...document.querySelectorAll("#composer, #room-bar, #stream, .sidebar, #details")];
    const under = panes.filter((pane) => pane.checkVisibility() && toasts.some((each) => !apart(rect(pane), each)));
    return [...out.map(() => "outside"), ...under.map((pane) => pane.id || pane.className)];
}"""
# A request that gets no answer says so in a toast. The button may be in a pane that is hidden.
FAIL = "() => document.querySelector('#mine button.unless-favourite').click()"


@pytest.mark.parametrize("options", [TOUCH, {"viewport": DESK}], ids=["phone", "desk"])
def test_toasts_cover_nothing_and_move_nothing_and_are_read_once(arrange, options) -> None:
    scene: Scene = arrange("for n in range(30): say(bob, f'Number {n}')")
    page = live(scene.open("alice", **options))
    expect(text(page, 30)).to_be_visible()
    page.route("**/favourite/", lambda route: route.abort())
    page.clock.install()
    page.clock.pause_at(
        datetime.now(UTC) + timedelta(seconds=10)
    )  # they go by time: not before it is told to go
    toasts, places = page.locator(".toast"), page.evaluate(PLACES)
    for shown in (1, 2, 3, 3):  # three at most
        page.evaluate(FAIL)
        page.wait_for_function("() => !document.querySelector('#mine [aria-busy]')")
        expect(toasts).to_have_count(shown)
    assert page.evaluate(COVERED) == []
    assert page.evaluate(PLACES) == places
    expect(page.locator("#toasts")).to_have_attribute("role", "status")
    expect(page.locator("#toasts")).to_have_attribute("aria-atomic", "false")  # the others are not read again
    assert page.locator("#said").text_content() == ""
    page.clock.run_for(6000)
    expect(toasts).to_have_count(0)

    page.locator("#details-toggle").click()
    page.evaluate(FAIL)
    expect(toasts.last).to_be_visible()
    assert page.evaluate(COVERED) == []
    page.locator("#details [data-action='day']").click()
    page.evaluate(FAIL)
    day = page.locator("#day")
    expect(day.get_by_role("alert")).to_be_visible()
    for control in day.locator("button").all():
        control.click(trial=True)


CARDS = ".person__name[href], .message__name[href], .row__body[href]"  # app/card.js
OPENERS = f"[hx-get][hx-target='#dialog'], [aria-haspopup='dialog'], {CARDS}"
CONTROLS = "a:visible, button:visible, input:not([type=hidden]):visible, textarea:visible, select:visible"
# What each opener asks for, whomever and whatever room it is about.
KINDS = """(openers) => openers.map((each) => {
    const asked = each.getAttribute("hx-get") ?? each.getAttribute("href") ?? each.id + each.dataset.action;
    return asked.replaceAll(/[0-9a-f-]{36}|\\d+/g, "*");
})"""
# What pages offer only when there is something: an invitation to take back, and somebody to unblock.
MORE = """
actions.invite_email(alice, room.pk, f"{room.name}@example.com")
actions.block_person(alice, Person.objects.get(user__email="iva@example.com").pk)
"""


# How many kinds of dialogs a page opens at least: a walk that finds none has proved nothing.
LEAST = {
    "room": 3,
    "details": 5,
    "rooms": 3,
    "members": 8,
    "direct": 2,
    "people": 1,
    "invite": 1,
    "browse": 1,
}


def test_whatever_opens_a_dialog_opens_it_on_a_phone(arrange) -> None:
    """On every page that ``audits*.py`` beside a feature's tests names, once for each kind of dialog."""
    scene: Scene = arrange(OTHER + MORE)
    phone = live(scene.open("alice", **TOUCH))
    dialog = phone.locator("dialog[open]")

    def usable() -> None:
        expect(dialog).to_have_count(1)
        expect(dialog).to_be_visible()
        dialog.locator(CONTROLS).first.tap(trial=True)  # a click would leave a mouse over the messages
        settled(phone, covered=True)
        url = phone.url
        back(phone)
        expect(dialog).to_have_count(0)
        expect(phone).to_have_url(url)

    def walk(pane: str, *, beneath: bool = False) -> int:
        openers = phone.locator(pane).locator(OPENERS).locator("visible=true")
        kinds: list[str] = openers.evaluate_all(KINDS)
        for kind in set(kinds):
            openers.nth(kinds.index(kind)).tap()
            usable()
            settled(phone, covered=beneath)
        return len(set(kinds))

    opened = {}
    for name, (address, who) in audits.addresses(scene).items():
        if who:  # guests find no dialogs
            phone.goto(address)
            if name not in audits.WITHOUT_SOCKET:
                live(phone)
            opened[name] = walk("body")
    phone.goto(scene.url)
    live(phone)
    long_press(phone, text(phone, 2))
    phone.locator("#actions [data-action='delete']").tap()
    usable()
    settled(phone)
    phone.locator("#details-toggle").tap()
    opened["details"] = walk("#details", beneath=True)
    assert {name: opened[name] for name in LEAST if opened[name] < LEAST[name]} == {}
