"""The switcher: a few letters lead to a room or a person."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.looking import SIZES, audit
from tests.browser.scene import live


def test_to_a_room_by_keyboard_alone(arrange) -> None:
    scene = arrange("actions.create_room(alice, name=f'{room.name}-beside', topic='', kind='closed')")
    alice = live(scene.open("alice", "/rooms/"))
    alice.keyboard.press("Control+k")
    field = alice.get_by_role("combobox")
    expect(field).to_be_focused()
    alice.keyboard.type(scene.name.upper())
    options = alice.get_by_role("option")
    expect(options).to_have_text([re.compile(scene.name), re.compile(f"{scene.name}-beside")])
    chosen = alice.locator("[role=option][aria-selected=true]")
    expect(field).to_have_attribute("aria-activedescendant", chosen.get_attribute("id") or "none")
    name = chosen.locator(".option__name")
    first = name.inner_text()
    alice.keyboard.press("ArrowDown")
    expect(name).not_to_have_text(first)
    alice.keyboard.press("ArrowDown")
    expect(name).to_have_text(first)
    alice.keyboard.press("Escape")
    expect(field).to_be_hidden()
    alice.keyboard.press("Control+k")
    expect(field).to_have_value("")
    alice.keyboard.type(f"#{scene.name}-b")
    alice.keyboard.press("Enter")
    expect(live(alice).locator("#room-title h1")).to_have_text(f"{scene.name}-beside")


def test_to_a_person_by_keyboard_alone_and_the_next_time_from_the_list(arrange) -> None:
    scene = arrange("from chat.models import Person")
    alice = live(scene.open("alice"))
    alice.fill("#body", "Half of a sen")
    alice.keyboard.press("Control+k")
    alice.keyboard.type("@somch")
    expect(alice.get_by_role("option", name="สมชาย")).to_be_visible()
    expect(alice.locator("#switcher-status")).to_have_text("Matches: 1")
    alice.keyboard.press("Enter")
    expect(live(alice).locator("#room-title h1")).to_contain_text("สมชาย")
    assert alice.locator("#room-title").get_attribute("data-kind") == "direct"
    alice.goto(f"{scene.server.url}/rooms/")
    live(alice).keyboard.press("Control+k")
    alice.keyboard.type("สมช")
    expect(alice.locator("#switcher-status")).to_have_text(
        "Matches: 1"
    )  # the conversation, not also its person
    expect(alice.locator(".option[data-with]")).to_have_count(1)


def test_to_a_room_one_is_not_in_and_nowhere_for_what_is_not_there(arrange) -> None:
    scene = arrange("actions.create_room(alice, name=f'{room.name}-open', topic='For all', kind='open')")
    charlie = live(scene.open("charlie", "/rooms/"))
    charlie.get_by_role("link", name="Jump to").click()
    charlie.get_by_role("combobox").fill(scene.name)
    expect(charlie.get_by_role("option")).to_have_text([re.compile(f"{scene.name}-open.*For all", re.DOTALL)])
    charlie.get_by_role("combobox").fill("qqqqqq")
    expect(charlie.get_by_text("No matches.")).to_be_visible()
    charlie.keyboard.press("Enter")
    charlie.get_by_role("combobox").fill(f"{scene.name}-o")
    charlie.get_by_role("option").click()
    expect(charlie.get_by_role("button", name="Join this room")).to_be_visible()


def test_too_much_looking_is_said_and_ones_own_rooms_are_found_all_the_same(arrange) -> None:
    scene = arrange()
    alice = live(scene.open("alice", "/rooms/"))
    alice.route(
        "**/switch/?*",
        lambda route: route.fulfill(status=429, body="That was a lot.", content_type="text/plain"),
    )
    alice.keyboard.press("Control+k")
    alice.keyboard.type(scene.name)
    expect(alice.get_by_text("That was a lot.")).to_be_visible()
    expect(alice.get_by_role("option")).to_have_count(1)


def test_on_keyboards_of_other_scripts_too(arrange) -> None:
    alice = live(arrange().open("alice", "/rooms/"))
    alice.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'к', code: 'KeyK', ctrlKey: true, bubbles: true}))"
    )
    expect(alice.get_by_role("combobox")).to_be_focused()


def test_without_script_it_leads_to_the_open_rooms(arrange) -> None:
    scene = arrange()
    alice = scene.open("alice", java_script_enabled=False)
    alice.get_by_role("link", name="Jump to").click()
    expect(alice.get_by_role("heading", name="Open rooms")).to_be_visible()


@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_in_the_switcher_the_menu_and_the_favourites(
    arrange, pictures: Path, size: str
) -> None:
    """Each size by itself: the menu opens where its button is."""
    scene = arrange("actions.set_favourite(alice, room.pk, True); actions.set_muted(alice, room.pk, True)")
    page = live(scene.open("alice", "/rooms/", viewport=SIZES[size], reduced_motion="reduce"))
    found = []

    def look(where: str) -> None:
        found.extend(audit(page, where, pictures, sizes=[size]))

    look("list")
    page.locator("#finder").click()
    page.get_by_role("combobox").fill("a")
    expect(page.locator(".option small").first).to_be_visible()
    look("switcher")
    if size == "phone":
        box = page.locator(".option").first.bounding_box()
        assert box
        assert box["height"] >= 44
    page.keyboard.press("Escape")
    page.locator(f"#go-{scene.room}").focus()
    page.locator("#place-more").click()
    expect(page.get_by_role("menu")).to_be_visible()
    look("menu")
    page.goto(f"{scene.server.url}/rooms/favourites/")
    look("favourites")
    assert not found, "\n".join(found)
