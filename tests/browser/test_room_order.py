"""The order of the room list, what a direct conversation looks like in it, and the keys that lead through it."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import flaws, take
from tests.browser.scene import DESK, PHONE, Scene, live, send

SIZES: dict[str, dict[str, Any]] = {
    "desk": {"viewport": DESK},
    "phone": {"viewport": PHONE, "has_touch": True, "is_mobile": True},
}
BOTH = pytest.mark.parametrize("size", SIZES)
# Two rooms of Bob: the scene's, and a later one by name. What other stories left is read.
TWO = """
for m in bob.memberships.select_related('room'):
    if m.active:
        actions.mark_read(bob, m.room_id, m.room.last_seq)
        actions.set_favourite(bob, m.room_id, False)
actions.order_rooms(bob, "name")
other = actions.create_room(alice, name=f"{room.name}-z", topic="", kind="closed")
actions.add_member(alice, other.pk, bob.username)
def say_there(body):
    actions.post_message(alice, other.pk, id=uuid4(), body=body)
"""
DIRECTS = """
direct = actions.open_direct(alice, [bob.pk])
group = actions.open_direct(alice, [bob.pk, charlie.pk])
for each in (direct, group):
    actions.post_message(alice, each.pk, id=uuid4(), body="Are you there?")
"""


def say(scene: Scene, room: str, body: str = "Something new") -> None:
    """Alice writes, in a page of her own: only what the server itself does is live at once."""
    alice = scene.open("alice", f"/rooms/{room}/")
    send(live(alice), body)
    expect(alice.locator(".message").last).to_have_attribute("data-seq", re.compile(r"\d"))
    alice.close()


def other_of(scene: Scene) -> str:
    return scene.do(f"print(Room.objects.get(name='{scene.name}-z').pk)").split()[-1]


def first(page: Page) -> Any:
    return page.locator("#rooms > .place-row").first


@BOTH
def test_a_room_with_a_new_message_moves_up_and_nothing_moves_under_the_pointer(arrange, size: str) -> None:
    scene = arrange(TWO)
    bob = live(scene.open("bob", "/rooms/", **SIZES[size]))
    elsewhere = live(scene.open("bob", "/rooms/", **SIZES[size]))
    other = other_of(scene)
    bob.get_by_role("button", name="Sort by activity").click()
    expect(bob.get_by_role("button", name="Sort by name")).to_be_visible()
    expect(elsewhere.get_by_role("button", name="Sort by name")).to_be_visible()
    bob.mouse.move(*((900, 300) if size == "desk" else (1, 1)))
    bob.evaluate("document.activeElement.blur()")
    for room in (scene.room, other, scene.room):
        say(scene, room)
        for page in (bob, elsewhere):
            expect(first(page)).to_have_id(f"place-{room}")
    if size == "desk":
        first(bob).hover()
        say(scene, other, "Under the pointer")
        expect(bob.locator(f"#place-{other}")).to_contain_text("Under the pointer")
        expect(first(elsewhere)).to_have_id(f"place-{other}")
        expect(first(bob)).to_have_id(f"place-{scene.room}")
        bob.mouse.move(900, 300)
    else:
        bob.get_by_role("link", name="Browse", exact=True).press("Tab")
        expect(first(bob).locator(".place")).to_be_focused()
        say(scene, other, "Beside the focus")
        expect(bob.locator(f"#place-{other}")).to_contain_text("Beside the focus")
        expect(first(elsewhere)).to_have_id(f"place-{other}")
        expect(first(bob)).to_have_id(f"place-{scene.room}")
        bob.evaluate("document.activeElement.blur()")
    expect(first(bob)).to_have_id(f"place-{other}")
    bob.reload()
    expect(first(bob)).to_have_id(f"place-{other}")
    bob.get_by_role("button", name="Sort by name").click()
    expect(elsewhere.get_by_role("button", name="Sort by activity")).to_be_visible()
    expect(elsewhere.locator(f"#place-{scene.room} + #place-{other}")).to_be_visible()


def test_a_list_that_is_fetched_leaves_what_is_under_the_pointer_where_it_is(arrange) -> None:
    scene = arrange(TWO + 'say(alice, "First"); actions.order_rooms(bob, "activity")')
    bob = live(scene.open("bob", "/rooms/"))
    other = other_of(scene)
    expect(first(bob)).to_have_id(f"place-{scene.room}")
    first(bob).hover()
    say(scene, other)
    with bob.expect_response(re.compile("/rooms/$")):
        scene.do(
            f"bob = Person.objects.get(user__email='bob@example.com')\nactions.set_muted(bob, '{other}', True)"
        )
    expect(bob.locator(f"#place-{other}[data-muted]")).to_be_visible()
    expect(first(bob)).to_have_id(f"place-{scene.room}")
    bob.mouse.move(900, 300)
    expect(first(bob)).to_have_id(f"place-{other}")
    bob.get_by_role("button", name="Sort by name").click()
    expect(bob.get_by_role("button", name="Sort by activity")).to_be_visible()


def test_without_script_the_order_is_a_plain_form(arrange) -> None:
    scene = arrange(TWO + "say(alice, 'First'); say_there('Second')")
    bob = scene.open("bob", "/rooms/", java_script_enabled=False)
    bob.get_by_role("button", name="Sort by activity").click()
    expect(first(bob)).to_have_id(f"place-{other_of(scene)}")
    bob.get_by_role("button", name="Sort by name").click()
    expect(bob.get_by_role("button", name="Sort by activity")).to_be_visible()


@BOTH
def test_a_direct_is_before_the_rooms_with_an_accent_and_without_its_name_twice(
    arrange, pictures: Path, size: str
) -> None:
    scene = arrange(TWO + DIRECTS)
    bob = live(scene.open("bob", "/rooms/", **SIZES[size]))
    row = bob.locator("#directs .place-row[data-with]").first
    group = bob.locator("#directs .place-row:not([data-with])").first
    expect(row.locator(".place__last")).to_have_text("Are you there?")
    expect(group.locator(".place__last")).to_have_text("Alice Marlow: Are you there?")
    say(scene, (row.get_attribute("data-room") or ""), "And now?")
    expect(row.locator(".place__last")).to_have_text("And now?")
    say(scene, (group.get_attribute("data-room") or ""), "And you?")
    expect(group.locator(".place__last")).to_have_text("Alice Marlow: And you?")
    colour = "getComputedStyle(element).backgroundColor"
    accent = f"(element) => {{ element.style.backgroundColor = 'var(--accent)'; return {colour}; }}"
    assert row.locator(".badge").evaluate(f"(element) => {colour}") == bob.locator("#said").evaluate(accent)
    assert row.bounding_box()["y"] < first(bob).bounding_box()["y"]
    take(bob, pictures / f"directs-{size}.png")
    for each in (row, group):
        mark = each.locator(".place__mark").bounding_box()
        for picture in each.locator(".avatar").all():
            box = picture.bounding_box()
            assert box["x"] >= mark["x"] - 1
            assert box["y"] >= mark["y"] - 1
            assert box["x"] + box["width"] <= mark["x"] + mark["width"] + 1
            assert box["y"] + box["height"] <= mark["y"] + mark["height"] + 1
    if size == "phone":
        assert row.locator(".avatar").bounding_box()["width"] == 40


@BOTH
def test_keys_lead_to_the_next_and_to_the_previous_unread_room(arrange, size: str) -> None:
    scene = arrange(TWO + "say(alice, 'Unread'); say_there('Unread too')")
    other = other_of(scene)
    bob = live(scene.open("bob", "/rooms/", **SIZES[size]))
    bob.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown',"
        " {key: 'ArrowDown', altKey: true, shiftKey: true, isComposing: true, bubbles: true}))"
    )
    assert bob.url.endswith("/rooms/")
    bob.keyboard.press("Alt+Shift+ArrowDown")
    expect(bob).to_have_url(scene.url)
    expect(bob.locator(f"#place-{scene.room} .badge")).to_have_attribute("hidden", "")
    bob.keyboard.press("Alt+Shift+ArrowDown")
    expect(bob).to_have_url(re.compile(other))
    expect(bob.locator(f"#place-{other} .badge")).to_have_attribute("hidden", "")
    bob.keyboard.press("Alt+Shift+ArrowDown")
    expect(bob.get_by_text("No other room has unread messages.")).to_be_visible()
    say(scene, scene.room, "Once more")
    expect(bob.locator(f"#place-{scene.room} .badge")).to_have_text("1")
    bob.fill("#body", "Half of a sen")
    bob.keyboard.press("Alt+Shift+ArrowUp")
    expect(bob).to_have_url(scene.url)
    expect(bob.locator("#body")).to_have_value("")
    bob.go_back()
    expect(bob.locator("#body")).to_have_value("Half of a sen")


@BOTH
def test_the_list_of_keys_opens_by_a_key_or_a_button_and_not_while_one_types(
    arrange, pictures: Path, size: str
) -> None:
    scene = arrange("say(alice, 'Hello')")
    bob = live(scene.open("bob", **SIZES[size]))
    keys = bob.get_by_role("dialog", name="Keyboard shortcuts")
    bob.locator("#body").press_sequentially("Why?")
    expect(bob.locator("#body")).to_have_value("Why?")
    expect(keys).to_be_hidden()
    bob.locator("#stream").focus()
    bob.keyboard.press("?")
    expect(keys).to_be_visible()
    expect(keys).to_contain_text("Next unread room")
    bob.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    if size == "phone":
        bob.get_by_role("link", name="Back to rooms").click()
    bob.get_by_role("button", name="Keyboard shortcuts").click()
    expect(keys).to_be_visible()
    take(bob, pictures / f"keys-{size}.png")
    assert not flaws(bob, f"keys-{size}", within="#keys")
    keys.get_by_role("button", name="Close").click()
    expect(keys).to_be_hidden()
