"""What people see who chose their own few colours (forced colours), and what comes out on paper."""

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.looking import OF_COLOUR, flaws, take
from tests.browser.scene import DESK, PHONE, live

SIZES = (DESK, PHONE)
MANY = "for n in range(40): say(bob if n % 3 else alice, f'Line {n}')"


def style(part: Locator, name: str) -> str:
    value: str = part.evaluate("(element, name) => getComputedStyle(element)[name]", name)
    return value


def edge(part: Locator) -> tuple[str, bool]:
    """Whether there is a line around it that can be told from what is behind."""
    behind = "getComputedStyle(document.body).backgroundColor"
    seen = style(part, "borderTopColor") != part.page.evaluate(behind)
    return style(part, "borderTopStyle"), seen and style(part, "borderTopWidth") != "0px"


def chosen_is_told(chosen: Locator, other: Locator) -> None:
    assert style(chosen, "backgroundColor") != style(other, "backgroundColor")
    assert style(chosen, "color") != style(other, "color")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES, ids=["desk", "phone"])
def test_with_forced_colours_edges_and_focus_and_what_is_chosen_are_seen(
    arrange, pictures: Path, size, scheme
) -> None:
    scene = arrange("say(bob, 'Hello'); say(alice, 'There')")
    alice = live(scene.open("alice", viewport=size, forced_colors="active", color_scheme=scheme))
    composer = alice.locator("#composer")
    assert edge(composer) == ("solid", True)
    alice.focus("#body")
    assert style(composer, "outlineStyle") == "solid"
    assert style(composer, "outlineColor") != style(composer, "backgroundColor")
    if size is DESK:
        rooms = alice.locator(".sidebar")
        current = rooms.locator(".place[aria-current]")
        chosen_is_told(current, rooms.locator(".place:not([aria-current])").first)
        assert style(current.locator(".place__name"), "color") == style(current, "color")
    take(alice, pictures / f"forced-{size['width']}-{scheme}.png")
    found = flaws(alice, "room")
    for tone in "123":
        alice.locator(".avatar").evaluate_all(
            "(all, tone) => all.forEach((each) => { each.dataset.tone = tone; })", tone
        )
        found += flaws(alice, f"room, avatars of tone {tone}", only=OF_COLOUR)
    alice.keyboard.press("Control+k")
    options = alice.locator("#switcher [role=option]")
    expect(options.nth(1)).to_be_visible()
    alice.keyboard.press("ArrowDown")
    chosen = alice.locator("#switcher [role=option][aria-selected=true]")
    chosen_is_told(chosen, alice.locator("#switcher [role=option][aria-selected=false]").first)
    assert style(chosen.locator(".option__name"), "color") == style(chosen, "color")
    assert edge(alice.locator("#switcher")) == ("solid", True)
    take(alice, pictures / f"forced-switcher-{size['width']}-{scheme}.png")
    alice.goto(f"{scene.server.url}/profile/")
    field = alice.get_by_label("Display name")
    assert edge(field) == ("solid", True)
    assert edge(alice.get_by_role("button", name="Save")) == ("solid", True)
    field.focus()
    assert style(field, "outlineStyle") == "solid"
    assert not found, found


def test_with_forced_colours_the_chosen_entry_of_a_menu_is_seen(arrange) -> None:
    scene = arrange("say(bob, 'Hello')")
    alice = live(scene.open("alice", forced_colors="active"))
    alice.locator(f"#place-{scene.room}").hover()
    alice.locator("#place-more").click()
    menu = alice.locator("#place-menu")
    expect(menu.locator("button:focus")).to_have_count(1)
    chosen_is_told(menu.locator("button:focus"), menu.locator("button:not(:focus):visible").first)
    assert edge(menu) == ("solid", True)


def shown(page: Page) -> list[str]:
    """All text on the paper but that of messages."""
    words: list[str] = page.evaluate(
        """() => {
            const found = [];
            const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            while (walker.nextNode()) {
                const { parentElement, data } = walker.currentNode;
                if (!data.trim() || parentElement.closest("#messages, .begin")) continue;
                if (parentElement.checkVisibility({ visibilityProperty: true })) found.push(data.trim());
            }
            return found;
        }"""
    )
    return words


@pytest.mark.parametrize("size", SIZES, ids=["desk", "phone"])
def test_on_paper_there_is_the_whole_loaded_conversation_and_nothing_else(
    arrange, pictures: Path, size
) -> None:
    scene = arrange(MANY)
    alice = live(scene.open("alice", viewport=size, color_scheme="dark"))
    expect(alice.locator(".message")).to_have_count(40)
    if size is DESK:
        alice.locator("#details-toggle").click()
        expect(alice.locator("#details")).to_be_visible()
    alice.emulate_media(media="print", color_scheme="dark")
    assert shown(alice) == []
    for part in (".sidebar", "#composer", "#room-bar", "#details", ".toasts"):
        expect(alice.locator(part)).to_be_hidden()
    expect(alice.locator("button:visible, .button:visible")).to_have_count(0)
    surface = "getComputedStyle(document.querySelector('.message:last-child .message__text')).backgroundColor"
    assert alice.evaluate(surface) == "rgba(0, 0, 0, 0)"  # also of my own
    # Nothing scrolls inside the page, so that no row is cut off.
    for part in ("html", "body", ".app", ".conversation", ".stream"):
        assert (
            alice.evaluate("(part) => getComputedStyle(document.querySelector(part)).overflowY", part)
            == "visible"
        )
    places = alice.locator(".message").evaluate_all(
        """(rows) => rows.map((row) => {
            const { top, bottom } = row.getBoundingClientRect();
            return [top + scrollY, bottom + scrollY];
        })"""
    )
    assert places == sorted(places)
    assert places[0][0] >= 0
    assert places[-1][1] <= alice.evaluate("document.documentElement.scrollHeight")
    row = alice.locator(".message").last
    assert style(row, "color") in {"rgb(0, 0, 0)", "black"}
    assert style(alice.locator("#stream"), "backgroundColor") == "rgb(255, 255, 255)"
    take(alice, pictures / f"print-{size['width']}.png", full_page=True)
    alice.emulate_media(media="screen")
    expect(alice.locator("#composer")).to_be_visible()
