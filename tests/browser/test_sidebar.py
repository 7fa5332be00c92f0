"""The room list: favourites and muted rooms, with mouse, touch and keyboard, in every tab."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.scene import PHONE, Scene, live, send

FAVOURITES = """
made = [actions.create_room(bob, name=f"{room.name}-{n}", topic="", kind="closed") for n in range(3)]
Member = room.members.model
for member in Member.objects.filter(person=bob).exclude(favourite=None):
    actions.set_favourite(bob, member.room_id, False)
for each in made:
    actions.set_favourite(bob, each.pk, True)
"""


def names(page: Page) -> Locator:
    return page.locator("#favourites .place__name")


def numbered(scene: Scene, *numbers: int) -> list[str]:
    return [f"{scene.name}-{n}" for n in numbers]


def middle(row: Locator) -> tuple[float, float]:
    box = row.bounding_box()
    assert box
    return box["x"] + 60, box["y"] + box["height"] / 2


def test_favourites_are_dragged_and_the_other_tab_follows(arrange) -> None:
    scene = arrange(FAVOURITES)
    bob, other = live(scene.open("bob", "/rooms/")), live(scene.open("bob", "/rooms/"))
    expect(names(bob)).to_have_text(numbered(scene, 0, 1, 2))
    rows = bob.locator("#favourites .place-row")
    bob.mouse.move(*middle(rows.nth(0)))
    bob.mouse.down()
    x, y = middle(rows.nth(2))
    bob.mouse.move(x, y + 8, steps=5)
    expect(rows.nth(2)).to_have_attribute("data-dragged", "")
    bob.mouse.up()
    expect(bob).to_have_url(re.compile("/rooms/$"))  # the drop does not count as a click
    for page in (bob, other):
        expect(names(page)).to_have_text(numbered(scene, 1, 2, 0))
    bob.reload()
    expect(names(bob)).to_have_text(numbered(scene, 1, 2, 0))


def test_escape_puts_a_dragged_favourite_back(arrange) -> None:
    scene = arrange(FAVOURITES)
    bob = live(scene.open("bob", "/rooms/"))
    rows = bob.locator("#favourites .place-row")
    bob.mouse.move(*middle(rows.nth(2)))
    bob.mouse.down()
    bob.mouse.move(*middle(rows.nth(0)), steps=5)
    bob.mouse.move(middle(rows.nth(0))[0], middle(rows.nth(0))[1] - 12)
    expect(names(bob)).to_have_text(numbered(scene, 2, 0, 1))
    bob.keyboard.press("Escape")
    bob.mouse.up()
    expect(names(bob)).to_have_text(numbered(scene, 0, 1, 2))


def test_favourites_move_by_keyboard_keep_the_focus_and_say_where_they_are(arrange) -> None:
    scene = arrange(FAVOURITES)
    bob, other = live(scene.open("bob", "/rooms/")), live(scene.open("bob", "/rooms/"))
    link = bob.locator("#favourites .place").first
    key = link.get_attribute("id")
    link.focus()
    bob.keyboard.press("Alt+ArrowDown")
    bob.keyboard.press("Alt+ArrowDown")
    bob.keyboard.press("Alt+ArrowDown")
    expect(bob.locator("#said")).to_have_text(f"{scene.name}-0: position 3 of 3.")
    for page in (bob, other):
        expect(names(page)).to_have_text(numbered(scene, 1, 2, 0))
    expect(bob.locator(f"#{key}")).to_be_focused()
    bob.keyboard.press("Alt+ArrowUp")
    for page in (bob, other):
        expect(names(page)).to_have_text(numbered(scene, 1, 0, 2))
    expect(bob.locator(f"#{key}")).to_be_focused()


def test_a_finger_that_rests_drags_and_one_that_moves_scrolls(arrange) -> None:
    scene = arrange(FAVOURITES)
    phone = live(scene.open("bob", "/rooms/", viewport=PHONE, has_touch=True, is_mobile=True))
    finger = phone.context.new_cdp_session(phone)
    rows = phone.locator("#favourites .place-row")

    def touch(kind: str, *at: float) -> None:
        points = [{"x": at[0], "y": at[1]}] if at else []
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    x, y = middle(rows.nth(0))
    touch("touchStart", x, y)
    # Wait for the scrolling to end: a list in motion can't be dragged.
    for step in (20, 40, 40, 40):
        touch("touchMove", x, y + step)
        phone.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    touch("touchEnd")
    expect(names(phone)).to_have_text(numbered(scene, 0, 1, 2))
    touch("touchStart", x, y)
    expect(rows.nth(0)).to_have_attribute("data-dragged", "")
    below = middle(rows.nth(1))[1]
    for step in (below - 20, below + 5, below + 10):
        touch("touchMove", x, step)
    expect(names(phone)).to_have_text(numbered(scene, 1, 0, 2))
    with phone.expect_response(re.compile("/rooms/favourites/$")):
        touch("touchEnd")
    expect(rows.nth(1)).not_to_have_attribute("data-dragged", "")
    phone.reload()
    expect(names(phone)).to_have_text(numbered(scene, 1, 0, 2))


def test_without_script_favourites_move_by_buttons(arrange) -> None:
    scene = arrange(FAVOURITES)
    bob = scene.open("bob", "/rooms/", java_script_enabled=False)
    bob.get_by_role("link", name="Reorder").click()
    bob.get_by_role("button", name=f"Move #{scene.name}-2 up").click()
    expect(names(bob)).to_have_text(numbered(scene, 0, 2, 1))
    bob.goto(f"{scene.url}members/")
    bob.get_by_role("button", name="Add to favourites").click()
    expect(names(bob)).to_have_text([*numbered(scene, 0, 2, 1), scene.name])


def test_muting_by_keyboard_keeps_the_focus_and_says_what_holds_on_every_page_of_the_room(arrange) -> None:
    scene = arrange()
    for path in ("", "members/"):
        bob = live(scene.open("bob", f"/rooms/{scene.room}/{path}"))
        if not path:
            bob.locator("#details-toggle").click()
        for now, then in (("Mute", "Unmute"), ("Unmute", "Mute")):
            bob.locator("#mine").get_by_role("button", name=now, exact=True).press("Enter")
            expect(bob.locator("#mine").get_by_role("button", name=then, exact=True)).to_be_focused()


def test_a_muted_room_stays_quiet_in_every_tab(arrange) -> None:
    # Unread messages of other tests would hide one more behind "99+".
    scene = arrange(
        "for m in bob.memberships.select_related('room'): m.active and actions.mark_read(bob, m.room_id, m.room.last_seq)"
    )
    alice, bob = live(scene.open("alice")), live(scene.open("bob"))
    list_of_bob = live(scene.open("bob", "/rooms/"))
    row = list_of_bob.locator(f"#place-{scene.room}")
    before = list_of_bob.title()
    bob.locator("#details-toggle").click()
    bob.get_by_role("button", name="Mute").click()
    expect(bob.get_by_role("button", name="Unmute")).to_be_visible()
    expect(row.get_by_role("img", name="muted")).to_be_visible()
    bob.goto(f"{scene.server.url}/profile/")
    send(alice, "Quietly")
    expect(row).to_contain_text("Quietly")
    expect(row.locator(".badge")).to_be_hidden()
    expect(row.locator(".place")).not_to_have_attribute("data-unread", "")
    assert list_of_bob.title() == before
    # With the row's menu, by keyboard alone.
    row.locator(".place").focus()
    list_of_bob.keyboard.press("Tab")
    list_of_bob.keyboard.press("Enter")
    expect(list_of_bob.get_by_role("menuitem", name="Add to favourites")).to_be_focused()
    list_of_bob.keyboard.press("ArrowUp")
    list_of_bob.keyboard.press("Enter")
    expect(row.locator(".badge")).to_have_text("1")
    expect(list_of_bob).not_to_have_title(before)
    expect(list_of_bob.locator(f"#go-{scene.room}")).to_be_focused()


def test_a_favourite_keeps_its_position_when_something_is_said_in_it(arrange) -> None:
    scene = arrange(
        FAVOURITES
        + "direct = actions.open_direct(alice, [bob.pk, charlie.pk])\n"
        + "actions.set_favourite(bob, direct.pk, True)\nroom = direct"
    )
    bob, alice = live(scene.open("bob", "/rooms/")), live(scene.open("alice"))
    row = bob.locator(f"#place-{scene.room}")
    send(alice, "At the end of the favourites")
    expect(row).to_contain_text("At the end of the favourites")
    expect(bob.locator("#favourites .place-row").nth(3)).to_have_id(f"place-{scene.room}")
    expect(bob.locator(f"#directs #place-{scene.room}")).to_have_count(0)
    bob.get_by_role("link", name="Reorder").click()
    expect(bob.locator(".rows .row")).to_have_count(4)


def test_a_room_that_is_archived_moves_in_the_list_of_everybody(arrange) -> None:
    scene = arrange()
    bob = live(scene.open("bob", "/rooms/"))
    row = bob.locator(f"#place-{scene.room}")
    expect(row).to_be_visible()
    alice = live(scene.open("alice"))
    alice.locator("#details-toggle").click()
    alice.get_by_role("link", name="Archive this room").click()
    alice.get_by_role("button", name="Archive").click()
    expect(bob.locator(f".sidebar__archived #place-{scene.room}")).to_have_count(1)


def test_the_first_stop_of_the_page_leads_to_the_messages_and_messages_are_one_stop(arrange) -> None:
    scene = arrange("for n in range(5): say(alice, f'Number {n}')")
    alice = live(scene.open("alice"))
    skip = alice.get_by_role("link", name="Skip to messages")
    assert skip.evaluate(
        "link => link === [...document.querySelectorAll('a, button, input, [tabindex]')].find(e => e.tabIndex >= 0)"
    )
    skip.focus()
    expect(skip).to_be_in_viewport()
    skip.press("Enter")
    expect(alice.locator("#stream")).to_be_focused()
    passed = []
    while not alice.evaluate("document.activeElement.id === 'body'"):
        alice.keyboard.press("Tab")
        passed.append(alice.evaluate("Boolean(document.activeElement.closest('.message'))"))
        assert len(passed) < 10
    assert not any(passed)
    alice.focus("#stream")
    alice.keyboard.press("ArrowUp")
    alice.keyboard.press("ArrowUp")
    expect(alice.locator(".message[data-seq='4']")).to_be_focused()
    alice.keyboard.press("Tab")
    expect(alice.locator(".message[data-seq='4'] .message__time")).to_be_focused()
    assert alice.locator(".message__time:not([tabindex='-1'])").count() == 1
