"""An input method composes: Enter, Escape and the arrows choose among its words, and the page leaves them alone."""

from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.browser.scene import DESK, PHONE, live, texts

CODES = {"Enter": 13, "Escape": 27, "ArrowUp": 38, "ArrowDown": 40}
# What the page's own handlers of keys would see.
NOTE = """() => {
    window.keys = [];
    addEventListener("keydown", (event) => window.keys.push([event.key, event.isComposing]), { capture: true });
}"""
# As Safari: composing has ended when the key that ended it comes. Returns whether the browser would act on the key.
SAFARI = """([selector, key]) => {
    const field = document.querySelector(selector);
    field.dispatchEvent(new CompositionEvent("compositionend", { bubbles: true, data: "語" }));
    const pressed = new KeyboardEvent("keydown", { key, keyCode: 229, bubbles: true, cancelable: true });
    return field.dispatchEvent(pressed);
}"""


class InputMethod:
    """Composes in the focused field."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.devtools: CDPSession = page.context.new_cdp_session(page)
        page.evaluate(NOTE)

    def compose(self, text: str) -> None:
        self.page.evaluate("() => { window.keys = []; }")
        end = len(text)
        self.devtools.send(
            "Input.imeSetComposition", {"text": text, "selectionStart": end, "selectionEnd": end}
        )

    def press(self, *keys: str) -> None:
        """Keys that choose among its words; the browser says that it composes."""
        for key in keys:
            for kind in ("rawKeyDown", "keyUp"):
                code = CODES[key]
                self.devtools.send(
                    "Input.dispatchKeyEvent",
                    {"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code},
                )
        pressed: list[list[Any]] = self.page.evaluate("window.keys.splice(0)")
        assert pressed == [[key, True] for key in keys]

    def choose(self, text: str) -> None:
        self.devtools.send("Input.insertText", {"text": text})


def test_an_edit_is_neither_closed_nor_saved_nor_left(arrange) -> None:
    scene = arrange("say(alice, 'Before'); say(alice, 'First')")
    alice = live(scene.open("alice"))
    method = InputMethod(alice)
    for size, before in ((DESK, "First"), (PHONE, "First日本")):
        alice.set_viewport_size(size)
        alice.press("#body", "ArrowUp")
        field = alice.locator("form[data-edit] textarea")
        expect(field).to_be_focused()
        method.compose("にほ")
        method.press("ArrowDown", "ArrowUp", "Enter", "Escape", "Enter", "Escape")
        expect(field).to_be_focused()
        expect(field).to_have_value(f"{before}にほ")
        assert texts(alice) == ["Before", before]
        method.choose("日本")
        alice.keyboard.press("Enter")
        expect(field).to_have_count(0)
        expect(alice.locator("#messages .message__text").last).to_have_text(f"{before}日本")
        alice.press("#body", "ArrowUp")
        expect(field).to_be_focused()
        alice.press("#body", "ArrowUp")
        expect(field).to_be_focused()  # and is not opened twice
        alice.keyboard.press("Escape")  # nothing composes any more
        expect(field).to_have_count(0)


def test_nothing_is_sent_and_no_message_is_edited(arrange) -> None:
    scene = arrange("say(alice, 'First')")
    alice = live(scene.open("alice"))
    method = InputMethod(alice)
    sent = ["First"]
    for size in (DESK, PHONE):
        alice.set_viewport_size(size)
        alice.focus("#body")
        method.compose("ni")
        method.press("Enter", "ArrowUp", "Escape", "Enter")
        expect(alice.locator("form[data-edit]")).to_have_count(0)
        expect(alice.locator("#body")).to_be_focused()
        assert texts(alice) == sent
        method.choose("你")
        alice.keyboard.press("Enter")
        sent.append("你")
        expect(alice.locator("#messages .message__text")).to_have_text(sent)


def test_the_switcher_stays_open_where_it_is(arrange) -> None:
    scene = arrange("actions.create_room(alice, name=f'{room.name}-b', topic='', kind='closed')")
    alice = live(scene.open("alice"))
    method = InputMethod(alice)
    for size in (DESK, PHONE):
        alice.set_viewport_size(size)
        alice.keyboard.press("Control+k")
        field = alice.locator("#switcher-words")
        field.fill(scene.name[:-1])
        method.compose(scene.name[-1])
        expect(alice.locator(".option")).to_have_count(2)
        field.evaluate("(field) => { window.before = document.querySelector('[aria-selected=true]'); }")
        method.press("ArrowDown", "ArrowUp", "ArrowUp", "Enter", "Escape", "Escape")
        expect(alice.locator("#switcher")).to_be_visible()
        assert field.evaluate("() => window.before === document.querySelector('[aria-selected=true]')")
        expect(alice).to_have_url(scene.url)
        method.choose(scene.name[-1])
        alice.keyboard.press("Escape")
        expect(alice.locator("#switcher")).to_be_hidden()


def test_a_dialog_with_a_field_stays_open(arrange) -> None:
    scene = arrange("say(bob, 'First')")
    alice = live(scene.open("alice"))
    method = InputMethod(alice)
    for size in (DESK, PHONE):
        alice.set_viewport_size(size)
        alice.locator("#messages .message").hover()
        alice.locator("#actions [data-action='report']").click()
        field = alice.locator("#report-words")
        field.click()
        method.compose("に")
        method.press("Escape", "Escape", "Escape")
        expect(field).to_be_visible()
        method.choose("日")
        expect(field).to_have_value("日")
        alice.keyboard.press("Escape")
        expect(field).to_be_hidden()


@pytest.mark.parametrize("key", ["Enter", "Escape", "ArrowUp", "ArrowDown"])
def test_the_key_that_ended_composing_is_the_input_methods_too(arrange, key: str) -> None:
    scene = arrange("say(alice, 'First')")
    alice = live(scene.open("alice"))
    alice.fill("#body", "" if key == "ArrowUp" else "Half")
    alice.evaluate(SAFARI, ["#body", key])
    expect(alice.locator("form[data-edit]")).to_have_count(0)
    assert texts(alice) == ["First"]
    alice.fill("#body", "")
    alice.press("#body", "ArrowUp")
    field = alice.locator("form[data-edit] textarea")
    field.fill("Half an edit")
    acts = alice.evaluate(SAFARI, ["form[data-edit] textarea", key])
    assert acts is (key != "Escape"), "the browser itself closes what is open"
    expect(field).to_be_focused()
    expect(field).to_have_value("Half an edit")
    alice.keyboard.press("Control+k")
    before = alice.locator("[aria-selected=true]").get_attribute("id")
    alice.evaluate(SAFARI, ["#switcher-words", key])
    expect(alice.locator("#switcher")).to_be_visible()
    assert alice.locator("[aria-selected=true]").get_attribute("id") == before
    expect(alice).to_have_url(scene.url)
