"""What people write is what people see, measured on the screen: directions, widths, sizes and places."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import FloatRect, Locator, Page, WebSocketRoute, expect

from tests.browser.scene import DESK, PHONE, Scene, intercept_posts, live, send, until

ARABIC = "مرحبا بالعالم!"
CODE = "total = a + (b)"
DIRECTIONS = f"{ARABIC}\n```\n{CODE}\n# {ARABIC}\n```\nHello (world)!\n\n{ARABIC} `x = 1`\nhello again!"
# Where the words stand in an element: the edges of their first and of their last character.
PLACE = """(element, words) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const index = walker.currentNode.data.indexOf(words);
        if (index < 0) continue;
        const edges = (at) => {
            const range = new Range();
            range.setStart(walker.currentNode, at);
            range.setEnd(walker.currentNode, at + 1);
            const { left, right, top } = range.getBoundingClientRect();
            return { left, right, top };
        };
        return [edges(index), edges(index + words.length - 1)];
    }
    throw new Error(`no ${words}`);
}"""


def place(element: Locator, words: str) -> list[dict[str, float]]:
    found: list[dict[str, float]] = element.evaluate(PLACE, words)
    return found


def runs(element: Locator, words: str) -> str:
    first, last = place(element, words)
    return "ltr" if first["left"] < last["left"] else "rtl"


def read(element: Locator) -> None:
    """Everything goes the way it is read, in a message and in a pending one."""
    assert runs(element, CODE) == "ltr"
    assert runs(element, "Hello (world)!") == "ltr"
    assert runs(element, "hello again!") == "ltr"
    assert runs(element, ARABIC) == "rtl"
    box = element.bounding_box()
    assert box
    # The sign at the end of a sentence is on the side where it ends.
    assert place(element, ARABIC)[1]["left"] < place(element, ARABIC)[0]["left"]
    left = place(element, CODE)[0]["left"] - box["x"]
    assert left < 40, "code begins at the left"
    assert place(element, "Hello (world)!")[0]["left"] - box["x"] < 40
    sentence = box["x"] + box["width"] - place(element, ARABIC)[0]["right"]
    assert sentence < 40, "an Arabic line begins at the right"


def box(element: Locator) -> FloatRect:
    found = element.bounding_box()
    assert found
    return found


@contextmanager
def posts_held(page: Page) -> Iterator[None]:
    """What is sent over the socket waits, until the block ends."""
    waiting: list[tuple[str, WebSocketRoute]] = []
    intercept_posts(page, lambda text, _, server: waiting.append((text, server)))
    yield
    until(page, lambda: waiting)
    for text, server in waiting:
        server.send(text)


def test_each_block_has_its_direction_also_while_it_waits(arrange) -> None:
    for size in (DESK, PHONE):
        scene: Scene = arrange()
        alice, bob = scene.open("alice", viewport=size), live(scene.open("bob", viewport=size))
        with posts_held(alice):
            alice.fill("#body", DIRECTIONS)
            alice.press("#body", "Enter")
            pending = alice.locator("#messages .message[data-state='pending'] .message__text")
            read(pending)
        for page in (alice, bob):
            text = page.locator("#messages .message[data-seq='1'] .message__text")
            expect(text).to_be_visible()
            read(text)
        code = bob.locator("#messages pre code")
        assert code.evaluate("(code) => getComputedStyle(code).direction") == "ltr"


def test_the_numbers_of_a_list_fit(arrange) -> None:
    scene: Scene = arrange()
    alice = live(scene.open("alice"))
    for seq, number in enumerate((7, 1986, 999_999_999), 1):
        send(alice, f"{number}. a year\n100. hundred")
        item = alice.locator(f".message[data-seq='{seq}'] li").first
        expect(item).to_be_visible()
        room = item.evaluate(
            """(item, words) => {
                const probe = document.createElement("span");
                probe.textContent = words;
                item.append(probe);
                const { width } = probe.getBoundingClientRect();
                probe.remove();
                const text = item.closest(".message__text").getBoundingClientRect();
                return item.getBoundingClientRect().left - text.left - width;
            }""",
            f"{number}.",
        )
        assert room >= 0, number


# From where to where an element may paint, up and down.
PAINTED = """(element) => {
    const { overflowY, overflowClipMargin } = getComputedStyle(element);
    const { top, bottom } = element.getBoundingClientRect();
    const more = overflowY === "visible" ? Infinity : parseFloat(overflowClipMargin.match(/[\\d.]+px/) ?? 0);
    return [top - more, bottom + more];
}"""


def test_stacked_marks_end_with_their_row_and_take_no_room(arrange) -> None:
    scene: Scene = arrange(f"""
say(bob, 'A row above')
say(alice, 'Z' + {"\u0301\u0489\u0316" * 60!r})
say(alice, 'Z')
""")
    alice = live(scene.open("alice"))
    above, marks, below = (alice.locator(f".message[data-seq='{seq}'] .message__text") for seq in (1, 2, 3))
    for size in (DESK, PHONE):
        alice.set_viewport_size(size)
        top, bottom = marks.evaluate(PAINTED)
        words, others, letter = (box(each.locator("p")) for each in (above, marks, below))
        assert words["y"] + words["height"] <= top, "the marks may paint over the row above"
        assert bottom <= letter["y"], "the marks may paint over the row below"
        assert others["height"] == letter["height"]


def test_tabs_and_runs_of_spaces_keep_columns_also_while_they_wait(arrange) -> None:
    scene: Scene = arrange()
    alice = scene.open("alice")

    def columns(text: Locator) -> None:
        tab, other = place(text, "age")[0]["left"], place(text, "42")[0]["left"]
        assert abs(tab - other) < 1
        assert place(text, "run")[0]["left"] - place(text, "wide")[1]["right"] > 20

    with posts_held(alice):
        send(alice, "name\tage\nTom\t42\nwide        run")
        columns(alice.locator("#messages .message[data-state='pending'] .message__text"))
    text = alice.locator("#messages .message[data-seq='1'] .message__text")
    expect(text).to_be_visible()
    columns(text)


# As they are in tests/chat/text/test_emoji.py.
EMOJI = json.loads((Path(__file__).parents[1] / "cases" / "emoji.json").read_text())
ARE_FEW = """async (texts) => {
    const { isFewEmoji } = await import("/static/chat/js/room/pending-text.js");
    return texts.map(isFewEmoji);
}"""


def test_messages_of_a_few_emoji_are_large_also_while_they_wait(arrange) -> None:
    scene: Scene = arrange("say(bob, 'Words 🙂')")
    alice = scene.open("alice")
    size = "(text) => parseFloat(getComputedStyle(text).fontSize)"
    with posts_held(alice):
        usual = alice.locator(".message[data-seq='1'] .message__text").evaluate(size)
        send(alice, "🙂👩‍👩‍👧 🇧🇬")
        pending = alice.locator("#messages .message[data-state='pending'] .message__text")
        waiting = pending.evaluate(size)
    text = alice.locator(".message[data-seq='2'] .message__text")
    expect(text).to_be_visible()
    assert text.evaluate(size) == waiting > 2 * usual
    found = alice.evaluate(ARE_FEW, [case["text"] for case in EMOJI])
    assert {case["name"]: large for case, large in zip(EMOJI, found, strict=True)} == {
        case["name"]: case["large"] for case in EMOJI
    }


def test_a_plain_address_is_a_link_and_one_of_a_repository_is_none(arrange) -> None:
    scene: Scene = arrange()
    alice = live(scene.open("alice"))
    send(alice, "www.example.com/a and git@github.com:a/b.git")
    text = alice.locator("#messages .message[data-seq='1'] .message__text")
    expect(text).to_have_text("www.example.com/a and git@github.com:a/b.git")
    link = text.get_by_role("link")
    expect(link).to_have_count(1)
    expect(link).to_have_attribute("href", re.compile(r"^https?://www\.example\.com/a$"))


def test_the_title_has_the_whole_name_and_the_count_of_unread(arrange) -> None:
    scene: Scene = arrange("""
actions.rename_person(charlie, '(7) "Tom"')
direct = actions.open_direct(charlie, [alice.pk])
actions.post_message(charlie, direct.pk, id=uuid4(), body="Hello")
""")
    try:
        alice = live(scene.open("alice"))
        alice.locator(".place", has_text='(7) "Tom"').first.click()
        expect(alice).to_have_title(re.compile(r'^(\(\d+\+?\) )?\(7\) "Tom" · '))
        alice.reload()
        expect(alice).to_have_title(re.compile(r'^(\(\d+\+?\) )?\(7\) "Tom" · '))
    finally:
        scene.do(
            "actions.rename_person(Person.objects.get(user__email='charlie@example.com'), 'Charlie Reyes')"
        )


def test_a_script_without_spaces_keeps_its_words_beside_a_link(arrange) -> None:
    scene: Scene = arrange()
    alice = live(scene.open("alice"))
    send(alice, "ดูhttps://example.com/aครับ **คำเตือน!**ครับ")
    text = alice.locator("#messages .message[data-seq='1'] .message__text")
    expect(text).to_have_text("ดูhttps://example.com/aครับ คำเตือน!ครับ")
    expect(text.get_by_role("link")).to_have_text("https://example.com/a")
    expect(text.locator("strong")).to_have_text("คำเตือน!")
