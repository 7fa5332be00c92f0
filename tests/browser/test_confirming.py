"""What can't be taken back asks first: making a room private, making an owner, leaving, discarding."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import flaws
from tests.browser.scene import DESK, PHONE, Scene, live, send

OPEN = "room = actions.create_room(alice, name=f'{room.name}-open', topic='', kind='open')\nactions.join_room(bob, room.pk)"
SIZES = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])


def details(scene: Scene, size: dict[str, int]) -> Page:
    alice = live(scene.open("alice", viewport=size))
    alice.locator("#details-toggle").click()
    return alice


@SIZES
def test_a_room_is_made_private_after_reading_that_it_is_for_good(arrange, size: dict[str, int]) -> None:
    scene = arrange(OPEN)
    alice = details(scene, size)
    alice.get_by_role("link", name="Make private").click()
    dialog = alice.get_by_role("dialog", name="Make this room private?")
    expect(dialog).to_contain_text("This can't be undone")
    expect(dialog.get_by_role("link", name="Cancel")).to_be_focused()
    assert not flaws(alice, "make-private", within="#dialog")
    alice.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    alice.get_by_role("link", name="Make private").click()
    dialog.get_by_role("button", name="Make private").click()
    expect(alice.locator("#room-title[data-kind=closed]")).to_have_count(1)
    expect(alice.locator(f"#place-{scene.room}[data-kind=closed]")).to_have_count(1)


@SIZES
def test_the_only_owner_who_wants_to_leave_is_led_to_choose_another(arrange, size: dict[str, int]) -> None:
    scene = arrange()
    alice = details(scene, size)
    alice.get_by_role("link", name="Leave this room").click()
    dialog = alice.get_by_role("dialog")
    expect(dialog).to_contain_text("Make someone else an owner first")
    dialog.get_by_role("link", name="Choose an owner").click()
    alice.get_by_role("link", name="Make owner").click()
    expect(dialog).to_contain_text("They can then do everything you can do here")
    dialog.get_by_role("button", name="Make owner").click()
    expect(alice.get_by_text("role is now Owner.")).to_be_visible()
    alice.get_by_role("link", name="Leave this room").click()
    alice.get_by_role("dialog").get_by_role("button", name="Leave").click()
    expect(alice.get_by_text(f"You left #{scene.name}.")).to_be_visible()


@SIZES
def test_an_unsent_message_is_kept_until_one_is_sure(arrange, size: dict[str, int]) -> None:
    scene = arrange()
    alice = live(scene.open("alice", viewport=size))
    alice.eval_on_selector("#body", "field => { field.dataset.limit = 20000; }")
    send(alice, "x" * 10_001) if size is DESK else _send_by_button(alice, "x" * 10_001)
    expect(alice.get_by_text("of 10000 characters")).to_be_visible()
    alice.get_by_role("button", name="Discard").click()
    dialog = alice.get_by_role("dialog", name="Discard this message?")
    expect(dialog.get_by_role("button", name="Keep")).to_be_focused()
    alice.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(alice.locator("#messages .message")).to_have_count(1)
    alice.get_by_role("button", name="Discard").click()
    dialog.get_by_role("button", name="Discard").click()
    expect(alice.locator("#messages .message")).to_have_count(0)


def _send_by_button(page: Page, text: str) -> None:
    page.fill("#body", text)
    page.get_by_role("button", name="Send").click()
