"""What is copied: a message as it was written, or of a selection only what people wrote."""

import re
from itertools import product

from playwright.sync_api import Locator, Page, expect

from tests.browser.scene import DESK, PHONE, Scene, live

LISTS = "1986. was a great year\n\n100. hundred\n\n- one\n- two"
LINKS = "See [the docs](https://example.com/docs), https://example.com/x and **bold** `co  de`"
CODE = "Look:\n```py\ndef f():\n\treturn  1\n```\n> quoted"
THREE = f"""
say(alice, {LISTS!r})
say(bob, {LINKS!r})
edited = say(bob, {CODE!r} + "!")
actions.edit_message(bob, edited.pk, {CODE!r})
say(alice, "Not selected")
"""
# Select from the first of a text to the last of another.
SELECT = """([[one, from], [other, to]]) => {
    const find = (selector, words) => {
        const root = document.querySelector(selector);
        const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
            const index = walker.currentNode.data.indexOf(words);
            if (index >= 0) return [walker.currentNode, index];
        }
        throw new Error(`no ${words}`);
    };
    const [start, first] = find(one, from);
    const [end, last] = find(other, to);
    getSelection().setBaseAndExtent(start, first, end, last + to.length);
}"""
RICH = """async () => {
    const [item] = await navigator.clipboard.read();
    return (await item.getType("text/html")).text();
}"""


def opened(scene: Scene) -> Page:
    page = live(scene.open("alice"))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    return page


def text(seq: int) -> str:
    return f".message[data-seq='{seq}'] .message__text"


def clipboard(page: Page) -> str:
    copied: str = page.evaluate("navigator.clipboard.readText()")
    return copied.replace("\r\n", "\n")


def select(page: Page, one: tuple[str, str], other: tuple[str, str]) -> str:
    """Select and copy with the keyboard. Returns what was copied."""
    page.evaluate(SELECT, [one, other])
    page.keyboard.press("Control+c")
    return clipboard(page)


def copy_text(page: Page, message: Locator) -> None:
    message.hover()
    page.locator("#actions [data-action='copy']").click()
    expect(page.locator(".toast")).to_have_text("Copied.")


def test_copy_text_copies_what_was_written(arrange) -> None:
    alice = opened(arrange(THREE))
    for size, (seq, source) in product((DESK, PHONE), enumerate((LISTS, LINKS, CODE), 1)):
        alice.set_viewport_size(size)
        copy_text(alice, alice.locator(f".message[data-seq='{seq}']"))
        assert clipboard(alice) == source
        alice.locator(".toast").evaluate("(toast) => toast.remove()")


def test_without_an_answer_it_copies_what_is_shown_with_numbers_and_addresses(arrange) -> None:
    alice = opened(arrange(THREE))
    alice.route(re.compile("/source/$"), lambda route: route.abort())
    copy_text(alice, alice.locator(".message[data-seq='1']"))
    assert clipboard(alice) == "1986. was a great year\n100. hundred\n\n- one\n- two"
    alice.locator(".toast").evaluate("(toast) => toast.remove()")
    copy_text(alice, alice.locator(".message[data-seq='2']"))
    assert (
        clipboard(alice) == "See the docs (https://example.com/docs), https://example.com/x and bold co  de"
    )


def test_dragging_over_messages_copies_who_when_and_what_and_no_words_of_the_page(arrange) -> None:
    alice = opened(arrange(THREE))
    alice.locator(".message[data-seq='2']").hover()  # its menu is open
    first, last = alice.locator(text(1)), alice.locator(text(3))
    start, end = first.bounding_box(), last.bounding_box()
    assert start
    assert end
    alice.mouse.move(start["x"] + 1, start["y"] + 4)
    alice.mouse.down()
    alice.mouse.move(end["x"] + end["width"], end["y"] + end["height"] - 3, steps=10)
    alice.mouse.up()
    alice.keyboard.press("Control+c")
    copied = clipboard(alice)
    one, two = (alice.locator(f".message[data-seq='{seq}'] .message__name").inner_text() for seq in (1, 2))
    when = r", \w+[^\n]* \d\d:\d\d\n"
    assert re.fullmatch(
        re.escape(one)
        + when
        + re.escape("1986. was a great year\n100. hundred\n\n- one\n- two\n\n")
        + re.escape(two)
        + when
        + re.escape("See the docs (https://example.com/docs), https://example.com/x and bold co  de\n")
        + re.escape("Look:\n\ndef f():\n\treturn  1\n\n> quoted"),
        copied,
    ), copied
    for word in ("Copy", "Edit", "edited", "Python", "Today", "Not selected"):
        assert word not in copied
    rich = alice.evaluate(RICH)
    assert '<a href="https://example.com/docs">the docs</a>' in rich
    assert re.search(r'<li[^>]* value="1986"', rich)
    for mark in ("class=", "tabindex", "<svg", "<button", "Copy"):
        assert mark not in rich


def test_a_part_of_one_message_is_copied_as_it_is(arrange) -> None:
    alice = opened(arrange(THREE))
    for size in (DESK, PHONE):
        alice.set_viewport_size(size)
        assert select(alice, (text(1), "was a"), (text(1), "great")) == "was a great"
        assert (
            select(alice, (text(1), "great year"), (text(1), "one"))
            == "1986. great year\n100. hundred\n\n- one"
        )
        assert select(alice, (text(3), "def"), (text(3), "return")) == "def f():\n\treturn"
        assert select(alice, (text(2), "docs"), (text(2), ",")) == "docs,", "a piece of a link"
        assert select(alice, (text(2), "the docs"), (text(2), ",")) == "the docs (https://example.com/docs),"


def test_all_that_is_on_the_page_is_the_conversation(arrange) -> None:
    scene: Scene = arrange(THREE)
    alice = opened(scene)
    for size in (DESK, PHONE):
        alice.set_viewport_size(size)
        alice.evaluate("navigator.clipboard.writeText('')")
        alice.locator("#stream").focus()
        alice.keyboard.press("Control+a")
        alice.keyboard.press("Control+c")
        copied = clipboard(alice)
        assert "100. hundred" in copied
        assert copied.endswith("Not selected")
        for word in ("Copy", "Search", "Today", scene.name, "topic"):
            assert word not in copied


def test_copying_from_the_composer_and_from_an_edit_is_the_browsers(arrange) -> None:
    alice = opened(arrange(THREE))
    alice.fill("#body", "1. typed")
    alice.press("#body", "Control+a")
    alice.press("#body", "Control+c")
    assert clipboard(alice) == "1. typed"
    alice.fill("#body", "")
    alice.press("#body", "ArrowUp")
    field = alice.locator("form[data-edit] textarea")
    field.press("Control+a")
    field.press("Control+c")
    assert clipboard(alice) == "Not selected"
