"""A room keeps its messages for a week: how an owner sets this, and what an open page does."""

from playwright.sync_api import Page, expect

from tests.browser.looking import flaws, take
from tests.browser.scene import DESK, PHONE, live, send, texts, until

OLD = """
from datetime import timedelta
from django.db.models.functions import Now
from chat.models import Message
for n in range(60):
    say(bob if n % 2 else alice, f"Words {n}")
Message.objects.filter(room=room).update(created_at=Now() - timedelta(days=10))
for n in range(60, 66):
    say(bob, f"Words {n}")
"""


def settings_of(page: Page) -> Page:
    page.locator("#details-toggle").click()
    page.locator("#details").get_by_role("link", name="Room settings").click()
    expect(page.locator("#dialog").get_by_label("Keep messages")).to_be_visible()
    return page


def change(page: Page, old: str, new: str) -> None:
    row = page.locator("#messages .message", has=page.get_by_text(old, exact=True))
    row.hover()
    page.locator("#actions [data-action=edit]").click()
    row.locator("form[data-edit] textarea").fill(new)


def test_older_messages_go_from_a_page_that_is_open_and_it_says_why(arrange, pictures) -> None:
    scene = arrange(OLD)
    alice, bob = live(scene.open("alice")), live(scene.open("bob"))
    elsewhere = live(scene.open("bob", "/rooms/"))
    row = elsewhere.locator(f"#place-{scene.room}")
    bob.locator("#stream").evaluate("stream => stream.scrollTo({ top: -1e6 })")
    expect(bob.locator("#messages .message__text").first).to_have_text("Words 0")
    bob.fill("#body", "Half of a sen")
    change(bob, "Words 1", "Words that I change")
    expect(alice.locator("#missed")).to_be_hidden()
    dialog = settings_of(alice).locator("#dialog")
    for name, size in (("desk", DESK), ("phone", PHONE)):
        alice.set_viewport_size(size)
        take(alice, pictures / f"retention-settings-{name}.png", caret="initial")
    assert not flaws(alice, "retention-settings")
    dialog.get_by_label("Topic").fill("Typed with it")
    dialog.get_by_label("Keep messages").select_option("7 days")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("older than 7 days are deleted now")).to_be_visible()
    for name, size in (("phone", PHONE), ("desk", DESK)):
        alice.set_viewport_size(size)
        take(alice, pictures / f"retention-sure-{name}.png", caret="initial")
    assert not flaws(alice, "retention-sure")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    alice.keyboard.press("Enter")
    expect(dialog.get_by_label("Topic")).to_have_value("Typed with it")
    expect(dialog.get_by_label("Keep messages")).to_have_value("0")
    dialog.get_by_label("Keep messages").select_option("7 days")
    dialog.get_by_role("button", name="Save").click()
    dialog.get_by_role("button", name="Delete and save").click()
    expect(dialog).to_be_hidden()
    for page in (alice, bob):
        until(page, lambda page=page: texts(page) == [f"Words {n}" for n in range(60, 66)])
        expect(page.locator("#begin-later")).to_be_visible()
        expect(page.locator("#begin-later")).to_contain_text("Messages are kept for 7 days.")
        expect(page.locator("#begin")).to_be_hidden()
    expect(bob.locator("#body")).to_have_value("Half of a sen\n\nWords that I change")
    expect(bob.locator("#body")).not_to_be_focused()  # an Enter meant for the edit sends nothing
    expect(bob.locator("#toasts, .toast").filter(has_text="no longer available").first).to_be_visible()
    bob.locator("#details-toggle").click()
    expect(bob.locator("#details").get_by_text("Messages are kept for 7 days.")).to_be_visible()
    for name, size in (("desk", DESK), ("phone", PHONE)):
        for theme in ("light", "dark"):
            bob.set_viewport_size(size)
            bob.emulate_media(color_scheme=theme, reduced_motion="reduce")
            take(bob, pictures / f"retention-{name}-{theme}.png", animations="disabled")
            if size == PHONE:
                bob.locator("#details [data-toggle=details]").click()
                take(bob, pictures / f"retention-room-{name}-{theme}.png", animations="disabled")
                assert not flaws(bob, f"retention-room-{theme}")
                bob.locator("#details-toggle").click()
            else:
                assert not flaws(bob, f"retention-{theme}")
    bob.set_viewport_size(DESK)
    # A link to an expired message, from elsewhere.
    gone = scene.do(f"print(Message.objects.get(room='{scene.room}', seq=3).pk)").strip().splitlines()[-1]
    elsewhere.goto(f"{scene.server.url}/messages/{gone}/")
    expect(elsewhere.get_by_text("no longer available")).to_be_visible()
    expect(elsewhere.get_by_role("link", name="Go to the room")).to_be_visible()
    live(scene.pages[2]).goto(f"{scene.server.url}/rooms/")
    # Then everything expires in the hourly job, while a person goes on typing.
    scene.do(
        "from datetime import timedelta\nfrom chat.db.clock import clock\n"
        f"actions.expire_before('{scene.room}', clock.now() + timedelta(minutes=1))\nactions.empty_some()"
    )
    until(bob, lambda: texts(bob) == [])
    expect(row.locator(".place__last")).to_be_empty()
    expect(row.locator(".badge")).to_be_hidden()
    bob.fill("#body", "")
    send(bob, "The first again")
    for page in (alice, bob):
        until(page, lambda page=page: texts(page) == ["The first again"])
    expect(row.locator(".place__last")).to_have_text("You: The first again")
