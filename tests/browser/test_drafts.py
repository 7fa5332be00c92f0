"""What is half-typed stays: over reloads, crashes and devices, and whatever happens to its room or its author."""

import re

from playwright.sync_api import Page, expect

from tests.browser.looking import take
from tests.browser.scene import PHONE, Scene, discard, live, on_device, send, until

PUSHED = re.compile(r"/draft/$")


def typed(page: Page, text: str) -> Page:
    """Typed, and with the server."""
    with page.expect_response(PUSHED) as answered:
        page.fill("#body", text)
    assert answered.value.status == 200
    return page


def test_a_draft_follows_its_author_to_another_device_and_out_of_it_when_it_is_sent(arrange) -> None:
    scene: Scene = arrange()
    desk = live(scene.open("alice"))
    bob = live(scene.open("bob"))
    list_of_rooms = live(scene.open("alice", "/rooms/", viewport=PHONE))
    phone = live(scene.open("alice", viewport=PHONE))
    typed(desk, "Half a sent")
    expect(phone.locator("#body")).to_have_value("Half a sent")  # untouched, so it comes by itself
    expect(list_of_rooms.locator(f"#place-{scene.room} .place__draft")).to_be_visible()
    typed(phone, "Half a sentence")
    expect(desk.locator("#body")).to_have_value("Half a sentence")
    expect(desk.locator("#older-draft")).to_be_hidden()  # it only went on
    fresh = scene.open("alice")
    expect(fresh.locator("#body")).to_have_value("Half a sentence")
    assert fresh.eval_on_selector("#body", "field => field.selectionStart") == len("Half a sentence")
    expect(bob.locator("#body")).to_have_value("")
    send(phone, "Half a sentence more")
    for page in (desk, fresh):
        expect(page.get_by_text("Half a sentence more").last).to_be_visible()
        expect(page.locator("#body")).to_have_value("")
    expect(list_of_rooms.locator(f"#place-{scene.room} .place__draft")).to_be_hidden()
    desk.reload()
    expect(desk.locator("#body")).to_have_value("")


def test_of_two_devices_the_newer_wins_and_the_older_is_one_click_away(arrange, pictures) -> None:
    scene: Scene = arrange()
    desk, phone = live(scene.open("alice")), live(scene.open("alice", viewport=PHONE))
    desk.context.set_offline(True)
    with desk.expect_event("requestfailed", lambda request: bool(PUSHED.search(request.url))):
        desk.fill("#body", "Typed on the train")  # seconds earlier
    typed(phone, "Typed at home, later")
    desk.context.set_offline(False)
    expect(desk.locator("#body")).to_have_value("Typed at home, later")
    expect(desk.locator("#older-draft")).to_contain_text("Typed on the train")
    take(desk, pictures / "draft-older.png")
    desk.reload()
    expect(desk.locator("#older-draft")).to_contain_text("Typed on the train")
    with desk.expect_response(PUSHED):
        desk.get_by_role("button", name="Use this draft").click()
    expect(desk.locator("#body")).to_have_value("Typed on the train")
    expect(desk.locator("#older-draft")).to_contain_text("Typed at home, later")
    expect(phone.locator("#body")).to_have_value("Typed on the train")
    expect(phone.locator("#older-draft")).to_contain_text("Typed at home, later")
    take(phone, pictures / "draft-older-phone.png")
    discard(desk)
    expect(desk.locator("#older-draft")).to_be_hidden()


def test_it_outlives_the_tab_and_belongs_to_one_person(arrange) -> None:
    scene: Scene = arrange()
    alice = live(scene.open("alice"))
    context = alice.context
    context.route(PUSHED, lambda route: route.abort())  # on this device alone
    alice.fill("#body", "Never sent anywhere")
    until(alice, lambda: kept(alice) == ["Never sent anywhere"])
    alice.close()
    again = context.new_page()
    again.goto(scene.url)
    expect(again.locator("#body")).to_have_value("Never sent anywhere")
    # Somebody else on this browser, without a sign-out in between.
    context.clear_cookies()
    context.add_cookies([{"name": "sessionid", "value": scene.sessions["bob"], "url": scene.server.url}])
    again.goto(scene.url)
    live(again)
    expect(again.locator("#body")).to_have_value("")
    context.clear_cookies()
    context.add_cookies([{"name": "sessionid", "value": scene.sessions["alice"], "url": scene.server.url}])
    again.goto(f"{scene.server.url}/profile/")
    again.get_by_role("button", name="Sign out").click()
    again.wait_for_url("**/accounts/login/**")
    assert kept(again) == []


def kept(page: Page) -> list[str]:
    return [row["body"] for row in on_device(page, "drafts")]


def test_what_is_typed_stays_to_be_seen_when_the_room_is_archived_or_lost(arrange) -> None:
    scene: Scene = arrange()
    alice, bob = live(scene.open("alice")), live(scene.open("bob"))
    typed(bob, "In the middle of")
    alice.goto(f"{scene.url}archive/")
    alice.get_by_role("button", name="Archive").click()
    expect(bob.get_by_text("This room is archived")).to_be_visible()
    expect(bob.locator("#body")).to_be_visible()
    expect(bob.locator("#body")).to_have_value("In the middle of")
    bob.press("#body", "Enter")
    expect(bob.locator("#messages .message")).to_have_count(0)
    alice.goto(f"{scene.url}restore/")
    alice.get_by_role("button", name="Unarchive").click()
    expect(bob.get_by_role("button", name="Send")).to_be_visible()
    alice.goto(f"{scene.url}members/")
    alice.get_by_role("link", name="Remove", exact=True).click()
    alice.locator("#dialog").get_by_role("button", name="Remove", exact=True).click()
    expect(bob.get_by_role("heading", name="You are no longer in this room")).to_be_visible()
    expect(bob.get_by_label("Your unsent message")).to_have_value("In the middle of")
