"""Every page: its first field has the focus, and each of its forms shows that it works and is sent once."""

from playwright.sync_api import Page, Route, expect

from tests.browser import audits
from tests.browser.held import Held, is_post
from tests.browser.scene import DESK, PHONE, close, live, until

# The name of the field that has the focus on a desk; None where there is nothing to fill in.
FIRST = {
    "archived": None,
    "blocked": None,
    "browse": "q",
    "delete-account": None,  # Alice is the only owner of her room
    "direct": "body",
    "edit-room": "name",
    "favourites": None,
    "invite": "q",
    "members": "username",
    "missing": None,
    "new-room": "name",
    "password": "oldpassword",
    "people": "q",
    "profile": "display_name",
    "room": "body",
    "rooms": None,
    "security": None,
    "sessions": None,
    "sign-in": "login",
    "sign-up": "display_name",
}
FOCUSED = "document.activeElement.name || null"
# Not those that only look something up, or ask a device; the composer has a list of what it sends.
FORMS = "form[method=post]:not([data-passkey], #composer)"
# All in one task: while a page is about to go, Playwright waits for the next one.
SEND_ALL_TWICE = """(forms) => [...document.querySelectorAll(forms)].map((form) => {
    const button = form.querySelector("button:not([type=button])");
    if (!button) return null;
    let sent = 0;
    const count = () => { sent += 1; };
    form.noValidate = true;
    form.addEventListener("submit", count);
    button.click();
    button.click();
    form.removeEventListener("submit", count);
    return { form: form.getAttribute("action"), sent, busy: button.ariaBusy };
}).filter(Boolean)"""
# As when the browser shows the page again that it had put away while the next one was coming.
COME_BACK = """() => {
    dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
    return document.querySelectorAll("form[aria-busy=true], button[aria-busy=true]").length;
}"""
EXTRA = """
actions.create_room(bob, name=f"{room.name}-open", topic="", kind="open")
say(alice, "Words of Alice")
say(bob, "Words of Bob")
"""


def refuse(route: Route) -> None:
    """The browser stays on the page, and scripts are told that the server is busy."""
    request = route.request
    if request.method == "GET":
        route.continue_()
    elif request.is_navigation_request():
        route.fulfill(status=204)
    else:
        route.fulfill(status=503, headers={"Chat-Answer": "1"}, body="Later", content_type="text/plain")


def test_each_first_field_has_the_focus_and_each_form_is_sent_once(arrange) -> None:
    scene = arrange(EXTRA)
    alice = scene.open("alice", "/rooms/")
    guest = scene.browser.new_context(viewport=DESK).new_page()
    pages = audits.addresses(scene)
    assert pages.keys() == FIRST.keys(), "say which field of the new page has the focus"
    wrong, forms = [], set()
    for page in (alice, guest):
        page.route("**/*", refuse)
    for name, (address, who) in pages.items():
        page = alice if who else guest
        page.goto(address)
        if who and name not in audits.WITHOUT_SOCKET:
            live(page)
        if (focused := page.evaluate(FOCUSED)) != FIRST[name]:
            wrong.append(f"{name}: {focused} has the focus")
        for each in page.evaluate(SEND_ALL_TWICE, FORMS):
            forms.add(each["form"])
            if (each["sent"], each["busy"]) != (1, "true"):
                wrong.append(f"{name}: {each}")
        if page.evaluate(COME_BACK):
            wrong.append(f"{name}: is still busy when it comes back")
    close(guest)
    assert not wrong, "\n".join(wrong)
    assert len(forms) > 10


def test_on_a_phone_no_search_field_opens_the_keyboard(arrange) -> None:
    page = arrange().open("alice", "/people/", viewport=PHONE, has_touch=True, is_mobile=True)
    live(page)
    assert page.evaluate("document.activeElement.tagName") == "BODY"


def act(page: Page, what: str, words: str) -> None:
    page.get_by_text(words).last.hover()
    page.locator(f"#actions [data-action={what}]").click()


def test_what_is_done_to_a_message_shows_that_it_works_and_a_failure_keeps_what_was_typed(arrange) -> None:
    scene = arrange(EXTRA)
    page = live(scene.open("alice"))
    dialog = page.locator("#dialog")
    held = Held(page, "**/messages/*/*/", which=is_post)

    act(page, "report", "Words of Bob")
    dialog.get_by_label("Details").fill("Rude words")
    dialog.get_by_role("radio").first.check()
    button = dialog.get_by_role("button", name="Report")
    button.click()
    expect(button).to_have_attribute("aria-busy", "true")
    button.click()
    until(page, lambda: held.waiting)
    assert len(held.waiting) == 1
    held.let_go(lambda route: route.fulfill(status=503, headers={"Chat-Answer": "1"}, body="Later"))
    expect(dialog.get_by_role("alert")).to_be_visible()
    expect(dialog.get_by_label("Details")).to_have_value("Rude words")
    button.click()
    until(page, lambda: held.waiting)
    held.let_go()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("The moderators will review it.")).to_be_visible()

    act(page, "edit", "Words of Alice")
    expect(page.locator("form[data-edit] textarea")).to_be_focused()
    page.keyboard.type(" again")
    save = page.locator("form[data-edit]").get_by_role("button", name="Save")
    save.click()
    expect(save).to_have_attribute("aria-busy", "true")
    page.keyboard.press("Enter")
    until(page, lambda: held.waiting)
    assert len(held.waiting) == 1
    held.let_go()
    expect(page.get_by_text("Words of Alice again").last).to_be_visible()

    act(page, "delete", "Words of Alice again")
    button = dialog.get_by_role("button", name="Delete")
    button.click()
    expect(button).to_have_attribute("aria-busy", "true")
    until(page, lambda: held.waiting)
    held.let_go()
    expect(dialog).to_be_hidden()
    expect(page.locator(".message[data-deleted]")).to_be_visible()
