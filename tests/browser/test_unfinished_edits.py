"""An edit that was begun is kept like a draft, until it is saved or cancelled, or its message is deleted."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.scene import PHONE, Scene, live, moderate, on_device, send, until

FIELD = "form[data-edit] textarea"
OTHER = """
say(alice, "First")
say(alice, "Second")
other = actions.create_room(bob, name=f"other-{room.name}", topic="", kind="closed")
actions.add_member(bob, other.pk, alice.username)
actions.post_message(bob, other.pk, id=uuid4(), body="Elsewhere")
"""
OF_ALICE = """alice = Person.objects.get(user__email='alice@example.com')
message = Message.objects.get(room='{}', seq={}).pk
"""
EDIT = OF_ALICE + "actions.edit_message(alice, message, {!r})"
DELETE = OF_ALICE + "actions.delete_message(alice, message)"


def stored(page: Page) -> list[str]:
    """The texts on this device."""
    return [row["body"] for row in on_device(page, "edits")]


def begin(page: Page, text: str, seq: int = 1) -> Locator:
    """Begin to edit a message, and wait until the text is on the device."""
    message = page.locator(f".message[data-seq='{seq}']")
    message.hover()
    page.locator("#actions [data-action='edit']").click()
    field = message.locator(FIELD)
    field.fill(text)
    until(page, lambda: text in stored(page))
    return field


def edit_on(other: Page, text: str, seq: int = 1) -> None:
    """Edit the message on another device."""
    begin(other, text, seq).press("Enter")
    expect(other.locator(FIELD)).to_have_count(0)


def go(page: Page, name: str) -> None:
    page.locator(f".place:has(.place__name:text-is('{name}'))").click()
    expect(page.locator("#room-title h1")).to_have_text(name)


def test_it_is_there_again_after_a_reload_in_another_tab_and_after_the_page_was_left(arrange) -> None:
    scene: Scene = arrange(OTHER)
    alice = live(scene.open("alice"))
    begin(alice, "Half an ed")
    alice.reload()
    field = alice.locator(".message[data-seq='1']").locator(FIELD)
    expect(field).to_have_value("Half an ed")
    expect(alice.locator("#body")).to_be_focused()
    alice.goto(f"{scene.server.url}/profile/")
    alice.goto(scene.url)
    expect(field).to_have_value("Half an ed")
    another = alice.context.new_page()
    another.goto(scene.url)
    expect(another.locator(FIELD)).to_have_value("Half an ed")
    alice.goto("about:blank")
    another.locator(FIELD).press("End")
    another.keyboard.type("it, finished")
    another.keyboard.press("Enter")
    expect(another.locator(".message[data-seq='1'] .message__text")).to_have_text("Half an edit, finished")
    expect(another.locator(FIELD)).to_have_count(0)
    until(another, lambda: stored(another) == [])
    another.reload()
    live(another)
    expect(another.locator(FIELD)).to_have_count(0)


def test_it_is_there_again_when_another_room_was_shown(arrange) -> None:
    scene: Scene = arrange(OTHER)
    alice = live(scene.open("alice"))
    begin(alice, "Half an ed")
    go(alice, f"other-{scene.name}")
    expect(alice.locator(FIELD)).to_have_count(0)
    go(alice, scene.name)  # as it was left
    field = alice.locator(".message[data-seq='1']").locator(FIELD)
    expect(field).to_have_value("Half an ed")
    alice.goto(f"{scene.server.url}/rooms/")
    go(alice, scene.name)  # for the first time on this page
    expect(field).to_have_value("Half an ed")
    field.fill("A whole edit")
    field.press("Enter")
    expect(alice.locator(".message[data-seq='1'] .message__text")).to_have_text("A whole edit")
    expect(field).to_have_count(0)
    until(alice, lambda: stored(alice) == [])


def test_it_can_be_saved_and_cancelled_in_a_room_that_was_shown_before(arrange) -> None:
    scene: Scene = arrange(OTHER)
    alice = live(scene.open("alice"))
    for key, text in (("Escape", "First"), ("Enter", "Half an edit")):
        field = begin(alice, "Half an edit")
        go(alice, f"other-{scene.name}")
        go(alice, scene.name)
        expect(field).to_have_value("Half an edit")
        field.press(key)
        expect(alice.locator(FIELD)).to_have_count(0)
        expect(alice.locator(".message[data-seq='1'] .message__text")).to_have_text(text)
        until(alice, lambda: stored(alice) == [])


def test_cancelled_or_as_it_was_it_is_forgotten(arrange) -> None:
    scene: Scene = arrange(OTHER)
    alice = live(scene.open("alice"))
    field = begin(alice, "Half an ed")
    field.fill("First")
    until(alice, lambda: stored(alice) == [])
    field.fill("Half an ed")
    until(alice, lambda: stored(alice) == ["Half an ed"])
    alice.get_by_role("link", name="Cancel").click()
    until(alice, lambda: stored(alice) == [])
    alice.reload()
    live(alice)
    expect(alice.locator(FIELD)).to_have_count(0)


def test_a_message_that_changed_meanwhile_shows_both_texts(arrange) -> None:
    scene: Scene = arrange(OTHER)
    alice = live(scene.open("alice"))
    field = begin(alice, "Half an ed")
    notice = alice.get_by_text("This message was edited meanwhile")
    edit_on(live(scene.open("alice")), "From the phone")  # while it is open
    expect(notice).to_be_visible()
    expect(alice.locator("[data-changed] blockquote")).to_have_text("From the phone")
    expect(field).to_have_value("Half an ed")
    alice.goto(f"{scene.server.url}/profile/")
    scene.do(EDIT.format(scene.room, 1, "From the phone again"))  # while nobody looks
    alice.goto(scene.url)
    expect(field).to_have_value("Half an ed")
    expect(alice.locator("[data-changed] blockquote")).to_have_text("From the phone again")
    expect(alice.locator(".message[data-seq='1'] .message__text")).to_have_text("From the phone again")
    field.press("Enter")
    expect(alice.locator(".message[data-seq='1'] .message__text")).to_have_text("Half an ed")
    expect(notice).to_have_count(0)


def test_an_edit_in_which_nothing_was_typed_follows_its_message(arrange) -> None:
    scene: Scene = arrange(OTHER)
    alice = live(scene.open("alice"))
    alice.press("#body", "ArrowUp")
    field = alice.locator(FIELD)
    expect(field).to_have_value("Second")
    edit_on(live(scene.open("alice")), "From the phone", 2)
    expect(field).to_have_value("From the phone")
    expect(alice.get_by_text("This message was edited meanwhile")).to_have_count(0)
    assert stored(alice) == []


def test_with_its_message_it_is_gone(arrange) -> None:
    scene: Scene = arrange(OTHER)
    alice = live(scene.open("alice"))
    begin(alice, "One half")
    begin(alice, "Another half", 2)
    other = live(scene.open("alice"))
    other.locator(".message[data-seq='1']").hover()
    other.locator("#actions [data-action='delete']").click()
    other.locator("#dialog").get_by_role("button", name="Delete").click()  # while it is open
    expect(alice.locator(FIELD)).to_have_count(1)
    until(alice, lambda: stored(alice) == ["Another half"])
    alice.goto(f"{scene.server.url}/profile/")
    scene.do(DELETE.format(scene.room, 2))  # while nobody looks
    alice.goto(scene.url)
    live(alice)
    until(alice, lambda: stored(alice) == [])
    expect(alice.locator(FIELD)).to_have_count(0)


def test_of_a_message_further_up_it_is_offered(arrange) -> None:
    scene: Scene = arrange("say(alice, 'First')")
    alice = live(scene.open("alice"))
    begin(alice, "Half an ed")
    scene.do(
        "from uuid import uuid4\nbob = Person.objects.get(user__email='bob@example.com')\n"
        f"room = Room.objects.get(pk='{scene.room}').pk\nfor n in range(90):\n"
        "    actions.post_message(bob, room, id=uuid4(), body=f'Later {n}')"
    )
    alice.reload()
    offer = alice.locator("#unfinished-edit")
    expect(offer).to_contain_text("Half an ed")
    expect(alice.locator(FIELD)).to_have_count(0)
    offer.get_by_role("link", name="Show").click()
    field = alice.locator(".message[data-seq='1']").locator(FIELD)
    expect(field).to_have_value("Half an ed")
    expect(field).to_be_in_viewport()
    expect(offer).to_be_hidden()
    alice.goto(scene.url)
    offer.get_by_role("button", name="Discard").click()
    expect(offer).to_be_hidden()
    until(alice, lambda: stored(alice) == [])


def test_who_signs_out_leaves_none_on_the_device(arrange) -> None:
    scene: Scene = arrange(OTHER)
    alice = live(scene.open("alice"))
    begin(alice, "Half an ed")
    me = alice.evaluate("document.body.dataset.me")
    alice.goto(f"{scene.server.url}/profile/")
    live(alice).get_by_role("button", name="Sign out").click()
    alice.wait_for_url(re.compile("/login/"))
    left = alice.evaluate(
        """(name) => new Promise((resolve) => {
            const asked = indexedDB.open(name);
            asked.onsuccess = () => {
                const all = asked.result.transaction("edits").objectStore("edits").getAll();
                all.onsuccess = () => { asked.result.close(); resolve(all.result); };
            };
        })""",
        f"hypertalk edits {me}",
    )
    assert left == []


def test_who_lost_the_room_gets_the_text_back(arrange) -> None:
    scene: Scene = arrange("say(bob, 'First')")
    bob = live(scene.open("bob"))
    begin(bob, "Half an ed")
    moderate(scene.open("alice", f"/rooms/{scene.room}/members/"), "Remove")
    expect(bob.get_by_label("Your unsent message")).to_have_value("Half an ed")


def test_without_an_answer_it_waits_for_the_connection(arrange) -> None:
    scene: Scene = arrange(OTHER)
    alice = live(scene.open("alice"))
    begin(alice, "Half an ed")
    alice.route(re.compile("/edit/$"), lambda route: route.abort())
    with alice.expect_request(re.compile("/edit/$")):
        alice.reload()
    live(alice)
    expect(alice.locator(FIELD)).to_have_count(0)
    alice.unroute(re.compile("/edit/$"))
    alice.evaluate("dispatchEvent(new Event('signed-in'))")  # connects again
    expect(alice.locator(FIELD)).to_have_value("Half an ed")


def test_on_a_phone_the_notice_fits_and_the_room_is_as_before(arrange) -> None:
    scene: Scene = arrange(OTHER)
    alice = live(scene.open("alice", viewport=PHONE))
    begin(alice, "Half an ed " * 20)
    edit_on(live(scene.open("alice")), "From another device " * 30)
    notice = alice.locator("[data-changed]")
    expect(notice).to_be_visible()
    box = notice.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]
    assert alice.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    send(alice, "And on")
    expect(alice.locator("#messages .message__text").last).to_have_text("And on")
