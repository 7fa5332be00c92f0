"""Days and midnight, what screen readers hear, what stays in place, and what can't be sent yet."""

import base64
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.held import Held
from tests.browser.scene import DESK, PHONE, Scene, live, send, until
from tests.support.drawing import drawn

ROOT = Path(__file__).parents[2]
CASES = json.loads((ROOT / "tests" / "cases" / "days.json").read_text())
PLAY = """async ([source, { at, now }]) => {
    const { daysAgo, isoDay, shortForm, startOfDay } = await import(source);
    const day = new Date(at);
    const then = new Date(now);
    const begins = new Date(startOfDay(day)).toISOString();
    return { day: isoDay(day), begins, ago: daysAgo(day, then), short: shortForm(day, then) };
}"""


def test_days_are_counted_by_the_calendar_of_every_zone(browser: Browser) -> None:
    page = browser.new_page()
    devtools = page.context.new_cdp_session(page)
    source = (ROOT / "static" / "js" / "core" / "calendar.js").read_bytes()
    module = "data:text/javascript;base64," + base64.b64encode(source).decode()
    for case in CASES:
        devtools.send("Emulation.setTimezoneOverride", {"timezoneId": case["zone"]})
        expected = {key: case[key] for key in ("day", "ago", "short")}
        expected["begins"] = case["begins"].replace("Z", ".000Z")
        assert page.evaluate(PLAY, [module, case]) == expected, case["name"]
    page.close()


DATED = """
from datetime import UTC, datetime
from chat.models import Message
for seq, moment in enumerate((datetime(2026, 3, 27, 12, tzinfo=UTC), datetime(2026, 3, 28, 21, 50, tzinfo=UTC)), 1):
    sent = say(bob, f"At {moment}")
    Message.objects.filter(pk=sent.pk).update(created_at=moment)
"""


def test_a_page_that_is_open_over_midnight_says_yesterday_by_itself(arrange) -> None:
    """The night in Sofia before the day of 23 hours; then the lid is closed for most of that day."""
    scene: Scene = arrange(DATED)
    alice = scene.open("alice", "/rooms/")
    alice.clock.install(time=datetime(2026, 3, 28, 21, 58, tzinfo=UTC))
    alice.goto(scene.url)
    live(alice)
    days, last = alice.locator(".divider__day"), alice.locator(f"#place-{scene.room} .place__time")
    expect(days).to_have_text(["Yesterday", "Today"])
    expect(last).to_have_text("23:50")
    row = alice.locator(".message[data-seq='1']")
    before = row.bounding_box()
    alice.clock.run_for("02:30")
    expect(days).to_have_text([re.compile("^Friday"), "Yesterday"])
    expect(last).to_have_text("Sat")
    assert row.bounding_box() == before
    alice.set_viewport_size(PHONE)
    until(alice, lambda: box(row)["width"] <= PHONE["width"])
    before = row.bounding_box()
    alice.clock.fast_forward("23:30:00")
    expect(days).to_have_text([re.compile("^Friday"), re.compile("^Saturday")])
    assert row.bounding_box() == before
    for day in days.all():
        assert box(day)["x"] >= 0
        assert box(day)["x"] + box(day)["width"] <= PHONE["width"]


OTHER = """
other = actions.create_room(bob, name=f"other-{room.name}", topic="", kind="closed")
actions.add_member(bob, other.pk, alice.username)
for n in range(60):
    actions.post_message(bob, other.pk, id=uuid4(), body=f"Other {n}")
"""
# Whatever a screen reader would read out: what is added to a live region that is shown.
LISTEN = """() => {
    window.heard = [];
    const isLive = (element) => {
        for (let at = element; at; at = at.parentElement) {
            const wanted = at.getAttribute("aria-live");
            if (wanted || ["log", "status", "alert"].includes(at.getAttribute("role"))) return wanted !== "off";
        }
        return false;
    };
    new MutationObserver((records) => {
        for (const { target, addedNodes } of records) {
            for (const node of addedNodes) {
                const element = node.nodeType === Node.ELEMENT_NODE ? node : target;
                const text = node.textContent.trim();
                if (text && element.isConnected && element.checkVisibility() && isLive(element)) window.heard.push(text);
            }
        }
    }).observe(document.body, { childList: true, subtree: true });
}"""
EDIT = """
message = Message.objects.get(room="{}", seq={})
actions.edit_message(message.author, message.pk, {!r})
"""
MANY = """
from uuid import UUID, uuid4
bob = Person.objects.get(user__email="bob@example.com")
for n in range(10):
    actions.post_message(bob, UUID("{}"), id=uuid4(), body=f"Missed {{n}}")
"""


def heard(page: Page) -> list[str]:
    found: list[str] = page.evaluate("window.heard")
    return found


def test_a_screen_reader_hears_each_message_once_and_of_another_room_its_name(arrange) -> None:
    scene: Scene = arrange(OTHER)
    alice, bob = live(scene.open("alice")), live(scene.open("bob"))
    alice.evaluate(LISTEN)
    send(alice, "Mine")
    expect(alice.locator(".message[data-seq='1']")).to_be_visible()
    send(bob, "First\n\n- second")
    expect(alice.locator(".message[data-seq='2']")).to_be_visible()
    for page, field in ((alice, "Mine, edited"), (bob, "Edited, too")):
        page.press("#body", "ArrowUp")
        page.locator("form[data-edit] textarea").fill(field)
        page.locator("form[data-edit] textarea").press("Enter")
        expect(alice.get_by_text(field).first).to_be_visible()
    until(alice, lambda: len(heard(alice)) == 2)
    assert heard(alice)[0] == "You: Mine"
    assert re.fullmatch(r"Bob Lindqvist: First\s+- second", heard(alice)[1])

    # What came while there was no connection is counted, if it is much.
    alice.context.set_offline(True)
    expect(alice.locator("#connection")).to_be_visible()
    scene.do(MANY.format(scene.room))
    alice.context.set_offline(False)
    expect(alice.locator(".message[data-seq='12']")).to_be_visible()
    until(alice, lambda: "10 new messages" in heard(alice))
    assert not any("Missed" in text for text in heard(alice))

    alice.locator(f".place:has(.place__name:text-is('other-{scene.name}'))").click()
    expect(alice.locator("#messages .message")).to_have_count(40)
    live(alice)
    send(alice, "Here")
    until(alice, lambda: heard(alice)[-1] == "You: Here")
    assert heard(alice)[-2] == f"Showing #other-{scene.name}."
    assert not any("Other" in text for text in heard(alice))


# 121 messages that Alice has read, half of them of another day, and 80 that are new to her.
LONG = (
    OTHER
    + f"""
import base64
from datetime import timedelta
from django.db.models import F
from chat.models import Message
actions.add_member(alice, room.pk, charlie.username)
actions.set_picture(charlie, base64.b64decode("{base64.b64encode(drawn()).decode()}"))
for n in range(120):
    say((alice, bob, charlie)[n // 3 % 3], "```python\\nx = 1\\n```" if n % 20 == 0 else f"Line {{n}}")
say(alice, "The last that Alice read")
for n in range(80):
    say((bob, charlie)[n // 5 % 2], f"New {{n}}")
Message.objects.filter(room=room, seq__lte=60).update(created_at=F("created_at") - timedelta(days=3))
"""
)
# Follows a message: its place in every frame as it is painted. Observers of sizes come last in it, the newest at the end.
FOLLOW = """(seq) => {
    const places = window.places = [];
    const probe = document.body.appendChild(document.createElement("div"));
    probe.style.position = "fixed";
    probe.style.height = "1px";
    new ResizeObserver((_, observer) => {
        if (window.places !== places) return observer.disconnect();
        places.push(document.querySelector(`.message[data-seq="${seq}"]`).getBoundingClientRect().top);
        requestAnimationFrame(() => { probe.style.height = `${1 + places.length % 2}px`; });
    }).observe(probe);
}"""
SEQS = "[...document.querySelectorAll('#messages .message')].map((row) => Number(row.dataset.seq))"


def rests(page: Page, seq: int, happen: Callable[[], Any]) -> None:
    """The message does not move while this happens, nor when all is loaded that comes late."""
    page.evaluate(FOLLOW, seq)
    happen()
    page.evaluate("async () => { await document.fonts.ready; }")
    until(page, lambda: page.evaluate("[...document.images].every((image) => image.complete)"))
    count = page.evaluate("window.places.length")
    until(page, lambda: page.evaluate("window.places.length") > count + 10)
    places = page.evaluate("() => { const { places } = window; window.places = null; return places; }")
    assert max(places) - min(places) < 1, (seq, sorted(set(places)))


def jump_and_rest(page: Page, jump: Callable[[], Any], seq: int) -> None:
    """Jump to a message, while the messages around it and the pictures are on their way."""
    held = Held(page, "**/messages/?before=*", "**/messages/?after=*", "**/*.webp")
    jump()
    row = page.locator(f".message[data-seq='{seq}']")
    expect(row).to_be_focused()
    expect(row).to_be_in_viewport()
    before = len(page.evaluate(SEQS))
    until(page, lambda: any("/messages/?" in route.request.url for route in held.waiting))

    def load() -> None:
        held.end()
        until(page, lambda: len(page.evaluate(SEQS)) > before)

    rests(page, seq, load)


# So tall that the part of the room after a jump is too short, and more is loaded at once.
TALL = {"height": 1200}


def test_nothing_moves_after_a_jump(arrange) -> None:
    scene: Scene = arrange(LONG)
    alice = scene.open("alice", "/rooms/", viewport=DESK | TALL)

    # To a message by its link; then the composer grows, as for a draft that comes late.
    jump_and_rest(alice, lambda: alice.goto(f"{scene.url}?at=90", wait_until="commit"), 90)
    live(alice)
    expect(alice.locator(".message[data-seq='90'] ~ .message")).not_to_have_count(0)
    rests(alice, 90, lambda: alice.fill("#body", "One\ntwo\nthree\nfour"))
    rests(alice, 90, lambda: alice.fill("#body", ""))
    # To another room, and back.
    place = alice.locator(".message[data-seq='90']").bounding_box()
    alice.locator(f".place:has(.place__name:text-is('other-{scene.name}'))").click()
    expect(alice.locator("#messages").get_by_text("Other 59")).to_be_visible()
    alice.locator(f".place:has(.place__name:text-is('{scene.name}'))").click()
    expect(alice.locator(".message[data-seq='90']")).to_be_in_viewport()
    now = alice.locator(".message[data-seq='90']").bounding_box()
    assert place
    assert now
    assert abs(place["y"] - now["y"]) < 1
    rests(alice, 90, lambda: live(alice))

    # To the first new message, and to a day. From another page: the same one again is a reload, which restores the position.
    alice.goto(f"{scene.server.url}/rooms/")
    alice.goto(scene.url)
    live(alice)
    jump_and_rest(alice, lambda: alice.locator(".missed__go").click(), 122)
    alice.goto(f"{scene.url}?at=195")
    live(alice)

    def to_today() -> None:
        alice.evaluate("document.querySelector('#details [data-action=day]').click()")
        alice.locator("#day button[type=submit]").click()

    jump_and_rest(alice, to_today, 61)

    # As wide as a phone.
    alice.goto(f"{scene.server.url}/rooms/")
    alice.set_viewport_size(PHONE | TALL)
    jump_and_rest(alice, lambda: alice.goto(f"{scene.url}?at=90", wait_until="commit"), 90)
    live(alice)
    rests(alice, 90, lambda: alice.fill("#body", "One\ntwo\nthree\nfour"))
    rests(alice, 90, lambda: alice.fill("#body", ""))
    alice.goto(f"{scene.server.url}/rooms/")
    alice.goto(f"{scene.url}?at=195")
    live(alice)
    jump_and_rest(alice, to_today, 61)


EDITED = """
say(bob, "Above")
say(alice, "Words of Alice. " * 20)
say(bob, "Below")
"""


def box(part: Locator) -> dict[str, float]:
    found = part.bounding_box()
    assert found
    return {"x": found["x"], "y": found["y"], "width": found["width"], "height": found["height"]}


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_form_of_an_edit_takes_the_place_of_the_text(arrange, size) -> None:
    scene: Scene = arrange(EDITED)
    alice = live(scene.open("alice", viewport=size))
    row = alice.locator(".message[data-seq='2']")
    text, form = row.locator(".message__text"), row.locator("form[data-edit]")
    others = [alice.locator(f".message[data-seq='{seq}']") for seq in (1, 3)]
    bubble, places = box(text), [box(each) for each in others]
    alice.press("#body", "ArrowUp")
    expect(form.locator("textarea")).to_be_focused()
    expect(text).to_be_hidden()
    taken = box(form)
    assert abs(taken["x"] - bubble["x"]) < 1
    assert abs(taken["width"] - bubble["width"]) < 1
    grown = taken["height"] - bubble["height"]
    for each, place in zip(others, places, strict=True):
        moved = box(each)["y"] - place["y"]
        assert abs(moved) <= abs(grown) + 1
        assert box(each)["height"] == place["height"]
    form.locator("textarea").press("Escape")
    expect(text).to_be_visible()
    assert box(text) == bubble
    assert [box(each) for each in others] == places

    # Its text changes elsewhere meanwhile: the form stays, with what was typed.
    alice.press("#body", "ArrowUp")
    field = form.locator("textarea")
    field.fill("Half an ed")
    other = live(scene.open("alice"))
    other.press("#body", "ArrowUp")
    other.locator("form[data-edit] textarea").fill("From elsewhere")
    other.locator("form[data-edit] textarea").press("Enter")
    expect(alice.get_by_text("This message was edited meanwhile")).to_be_visible()
    expect(field).to_be_focused()
    expect(field).to_have_value("Half an ed")
    expect(text).to_be_hidden()
    expect(form).to_have_count(1)
    field.press("Escape")
    expect(text).to_be_visible()
    expect(text).to_have_text("From elsewhere")


# A paste, or a drag that ends in a drop. Returns whether the page kept the browser from acting on each event.
GIVE = """([kind, target, text, file]) => {
    const data = new DataTransfer();
    if (text) data.setData("text/plain", text);
    if (file) data.items.add(new File(["picture"], "picture.png", { type: "image/png" }));
    const element = document.querySelector(target);
    const options = { bubbles: true, cancelable: true };
    const events = kind === "paste"
        ? [new ClipboardEvent("paste", { clipboardData: data, ...options })]
        : ["dragenter", "dragover", "drop"].map((name) => new DragEvent(name, { dataTransfer: data, ...options }));
    return events.map((event) => !element.dispatchEvent(event));
}"""


def test_what_can_not_be_sent_yet_says_so_and_text_arrives(arrange) -> None:
    scene: Scene = arrange("say(bob, 'Hello')")
    alice = live(scene.open("alice"))
    sentence = "Files and pictures can't be sent yet."
    toasts, field = alice.locator(".toast"), alice.locator("#body")

    def give(kind: str, target: str, text: str = "", file: bool = False) -> list[bool]:
        found: list[bool] = alice.evaluate(GIVE, [kind, target, text, file])
        return found

    field.fill("Typed ")
    # Text as it is, and with its picture beside it as office programs copy it: the browser pastes the text.
    assert give("paste", "#body", "Words", file=True) == [False]
    assert give("paste", "#body", "Words") == [False]
    expect(toasts).to_have_count(0)
    assert give("paste", "#body", file=True) == [True]
    expect(toasts).to_have_text([sentence])
    assert give("drop", "#messages", file=True) == [True, True, True]
    expect(toasts.last).to_have_text(sentence)
    assert give("drop", ".sidebar", file=True) == [True, True, True]
    expect(field).to_have_value("Typed ")
    assert give("drop", "#messages", "and dropped") == [True, True, True]
    expect(field).to_have_value("Typed and dropped")
    expect(field).to_be_focused()
    assert give("drop", "#body", "Words") == [False, False, False]  # the browser puts it where it is dropped
    assert give("drop", ".sidebar", "Words") == [False, False, False]
    field.press("Enter")
    expect(alice.locator(".message[data-seq='2'] .message__text")).to_have_text("Typed and dropped")

    # No page is left for a file.
    alice.goto(f"{scene.server.url}/profile/")
    alice.wait_for_function("document.documentElement.dataset.script === 'here'")
    assert give("drop", "main", file=True) == [True, True, True]
    assert give("drop", "input[type=file]", file=True) == [False, False, False]


CODE = "```\n" + "long = " * 60 + "\n\n\nend\n```"
TABLE = "| " + " | ".join(f"column-{n}" for n in range(30)) + " |\n" + "|---" * 30 + "|\n" + "| 1 " * 30 + "|"


MASK = "(table) => getComputedStyle(table).maskImage"


def shades(pre: Locator) -> tuple[int, int, int]:
    """How light it is beside its left edge, in the middle and beside its right edge, in a line without letters."""
    picture = Image.open(BytesIO(pre.screenshot())).convert("L")
    across = int(picture.height * 0.6)
    lights = [picture.getpixel((at, across)) for at in (2, picture.width // 2, picture.width - 3)]
    left, middle, right = (int(light) for light in lights if isinstance(light, int))
    return left, middle, right


def alike(*lights: int) -> bool:
    """Whether people see one colour: browsers dither gradients."""
    return max(lights) - min(lights) < 4


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_long_code_shows_on_which_side_there_is_more(arrange, size) -> None:
    scene: Scene = arrange(
        f"say(bob, {CODE!r}); say(bob, {TABLE!r}); say(bob, '```\\nshort\\n\\n\\nend\\n```')"
    )
    for options in ({"color_scheme": "light"}, {"color_scheme": "dark"}, {"forced_colors": "active"}):
        alice = live(scene.open("alice", viewport=size, **options))
        alice.mouse.move(5, 5)
        code, short = alice.get_by_role("group", name="Code").all()
        left, middle, right = shades(code)
        assert alike(left, middle), options
        assert abs(right - middle) > 20, options
        code.focus()  # by the keyboard: its edge shows the focus
        alice.keyboard.press("End")
        alice.keyboard.press("ArrowRight")
        until(alice, lambda code=code: code.evaluate("(pre) => pre.scrollLeft > 10"))
        code.evaluate("(pre) => { pre.scrollLeft = pre.scrollWidth; pre.blur(); }")
        left, middle, right = shades(code)
        assert abs(left - middle) > 20, options
        assert alike(right, middle), options
        assert alike(*shades(short)), "nothing scrolls"
        # A table fades out on the side where there is more.
        table = alice.get_by_role("group", name="Table")
        assert "gradient" in table.evaluate(MASK)
        table.evaluate("(table) => { table.scrollLeft = table.scrollWidth; }")
        until(alice, lambda table=table: table.evaluate(MASK) == "none")
