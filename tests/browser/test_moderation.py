"""Bans, reports and blocks, as the people concerned see them."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.looking import audit
from tests.browser.scene import Scene, discard, live, moderate, send, texts

ADMIN = """
from django.test import Client
client = Client()
client.force_login(Person.objects.get(user__email="admin@example.com").user)
print("KEY" + client.cookies["sessionid"].value)
"""


def moderator(scene: Scene, path: str) -> Page:
    """A person who moderates the workspace and is in none of its rooms."""
    scene.sessions["admin"] = scene.do(ADMIN).partition("KEY")[2].strip()
    return scene.open("admin", path)


def test_the_banned_see_the_room_close_while_they_look(arrange) -> None:
    scene = arrange("say(bob, 'Rude words')")
    alice, bob = live(scene.open("alice")), live(scene.open("bob"))
    bob.fill("#body", "Half of a sen")
    moderator = scene.open("alice", f"/rooms/{scene.room}/members/")
    moderator.get_by_role("link", name="Ban", exact=True).click()
    moderator.get_by_label("Delete their messages from the last 24 hours").check()
    moderator.get_by_label("Reason").fill("Rude")
    moderator.locator("#dialog").get_by_role("button", name="Ban", exact=True).click()
    expect(bob.get_by_role("heading", name="You are no longer in this room")).to_be_visible()
    expect(bob.get_by_label("Your unsent message")).to_have_value("Half of a sen")
    expect(bob.locator(".message")).to_have_count(0)
    expect(alice.locator(".message[data-deleted]")).to_have_count(1)
    assert bob.goto(scene.url).status == 404
    expect(moderator.get_by_text("Rude", exact=True)).to_be_visible()
    moderator.get_by_role("button", name=re.compile("Unban")).click()
    moderator.get_by_label("Add a person").fill("bob-lindqvist")
    moderator.get_by_role("button", name="Add", exact=True).click()
    expect(moderator.get_by_role("status").filter(has_text="was added to the room")).to_be_visible()
    bob.goto(scene.url)
    expect(bob.locator("#body")).to_be_visible()


def test_from_a_report_to_the_end_of_a_message_on_every_screen(arrange) -> None:
    scene = arrange("say(alice, 'Before'); say(bob, 'Rude words'); say(alice, 'After')")
    alice, bob = live(scene.open("alice")), live(scene.open("bob"))
    waiting = live(moderator(scene, "/rooms/"))
    there = waiting.get_by_role("link", name="Reports to decide")
    before = int(there.locator(".badge").inner_text()) if there.count() else 0
    alice.locator(".message[data-seq='2']").hover()
    alice.get_by_role("button", name="Report").click()
    dialog = alice.locator("#dialog")
    dialog.get_by_label("Harassment or threats").check()
    dialog.get_by_label("Details").fill("He said so")
    dialog.get_by_role("button", name="Report").click()
    expect(alice.get_by_text("Thank you. The moderators will review it.")).to_be_visible()
    expect(there.locator(".badge")).to_have_text(str(before + 1))
    bob.locator(".message[data-seq='2']").hover()
    expect(bob.get_by_role("button", name="Report")).to_be_hidden()
    expect(bob.get_by_text("Reports to decide")).to_have_count(0)
    admin = moderator(scene, "/admin/")
    expect(admin.locator(".desk-counts")).to_contain_text("Open reports")
    admin.get_by_role("link", name="Open reports").click()
    admin.get_by_role("link", name="Rude words").click()
    expect(admin.get_by_text("Before")).to_be_visible()
    expect(admin.get_by_text("After")).to_be_visible()
    admin.get_by_role("button", name="Delete the message").click()
    for page in (alice, bob):
        expect(page.locator(".message[data-seq='2'][data-deleted]")).to_be_visible()
    if before:
        expect(there.locator(".badge")).to_have_text(str(before))
    else:
        expect(there).to_have_count(0)
    admin.goto(f"{scene.server.url}/admin/chat/auditentry/")
    expect(admin.get_by_text("message deleted").first).to_be_visible()


def test_what_the_blocked_write_folds_away_in_every_tab_and_opens_one_by_one(arrange) -> None:
    scene = arrange("say(bob, 'One'); say(bob, 'Two')")
    alice, bob = live(scene.open("alice")), live(scene.open("bob"))
    expect(alice.get_by_text("One", exact=True).last).to_be_visible()
    people = scene.open("alice", f"/rooms/{scene.room}/members/")
    people.get_by_role("button", name=re.compile("^Block ")).click()
    fold = alice.locator(".message .fold")
    expect(fold).to_have_count(2)
    expect(alice.locator(".message[data-seq='1'] .message__text")).to_be_hidden()
    send(bob, "Three")
    expect(alice.locator(".message[data-seq='3'] .message__text")).to_be_hidden()
    fold.nth(1).click()
    expect(alice.locator(".message[data-seq='2'] .message__text")).to_be_visible()
    expect(alice.locator(".message[data-seq='1'] .message__text")).to_be_hidden()
    alice.reload()
    expect(alice.locator(".message[data-seq='2'] .message__text")).to_be_hidden()
    live(alice)
    assert texts(bob) == ["One", "Two", "Three"]
    people.get_by_role("button", name=re.compile("^Unblock ")).first.click()
    expect(alice.locator(".message[data-seq='1'] .message__text")).to_be_visible()
    expect(alice.locator(".fold").first).to_be_hidden()


def test_who_may_write_is_live_and_slow_mode_is_said(arrange) -> None:
    scene = arrange()
    alice, bob = live(scene.open("alice")), live(scene.open("bob"))
    expect(bob.locator("#body")).to_be_visible()
    scene_edit = f"{scene.url}edit/"
    alice.goto(scene_edit)
    alice.get_by_label("Only owners and moderators").check()
    alice.get_by_role("button", name="Save").click()
    expect(bob.get_by_text("Only owners and moderators can post in this room.")).to_be_visible()
    expect(bob.locator("#body")).to_be_hidden()
    expect(live(alice).locator("#body")).to_be_visible()
    alice.goto(scene_edit)
    alice.get_by_label("Everyone").check()
    alice.get_by_label("Slow mode").select_option(label="1 h")
    alice.get_by_role("button", name="Save").click()
    expect(bob.get_by_text("Slow mode: one message an hour")).to_be_visible()
    send(bob, "First")
    expect(bob.locator(".message[data-seq='1']")).to_be_visible()
    send(bob, "Second")
    expect(bob.get_by_text("This room is in slow mode. You can post again in")).to_be_visible()
    discard(bob)


def test_the_silenced_are_told_why_they_cannot_write(arrange) -> None:
    scene = arrange()
    bob = live(scene.open("bob"))
    moderator = scene.open("alice", f"/rooms/{scene.room}/members/")
    moderate(moderator, "Silence")
    expect(bob.get_by_text("An owner or moderator silenced you.")).to_be_visible()
    expect(bob.locator("#body")).to_be_hidden()
    bob.reload()
    expect(bob.locator("#body")).to_be_hidden()
    live(bob)
    moderator.get_by_role("button", name="Unsilence").click()
    expect(bob.locator("#body")).to_be_visible()


PREPARED = r"""
say(bob, 'Have you seen this?')
rude = say(bob, 'Buy my **boats**, the best boats')
say(alice, 'Please not here')
actions.edit_room(alice, room.pk, name=room.name, topic='A topic', slow_seconds=30)
from chat.models import Member
actions.add_member(alice, room.pk, charlie.username)
say(charlie, 'What a day')
from datetime import timedelta
actions.silence_member(alice, room.pk, Member.objects.get(room=room, person=bob).pk, timedelta(hours=1))
dora = Person.objects.exclude(pk__in=[alice.pk, bob.pk, charlie.pk]).exclude(user__is_staff=True).first()
actions.add_member(alice, room.pk, dora.username)
actions.ban_member(alice, room.pk, Member.objects.get(room=room, person=dora).pk, reason='Boats, boats, boats')
actions.block_person(alice, charlie.pk)
actions.report_message(alice, rude.pk, 'spam', 'Every day the same')
"""


def test_axe_finds_nothing_on_the_pages_of_order(arrange, pictures: Path) -> None:
    scene = arrange(PREPARED)
    rows = scene.do(
        f"m = Member.objects.get(room='{scene.room}', person__user__email='bob@example.com')\n"
        f"x = Message.objects.get(room='{scene.room}', seq=2)\n"
        "print(m.pk, x.pk, x.reports.get().pk, m.person_id)"
    ).split()
    member, message, report, person = rows[-4:]
    alice = scene.open("alice", reduced_motion="reduce")
    bob = scene.open("bob", reduced_motion="reduce")
    admin = moderator(scene, "/admin/")
    room = f"/rooms/{scene.room}/"
    pages = {
        "order-room": (alice, room),
        "order-silenced": (bob, room),
        "order-people": (alice, f"{room}members/"),
        "order-form": (alice, f"{room}edit/"),
        "order-ban": (alice, f"{room}members/{member}/ban/"),
        "order-silence": (alice, f"{room}members/{member}/silence/"),
        "order-report": (alice, f"/messages/{message}/report/"),
        "order-blocked": (alice, "/people/blocked/"),
        "admin": (admin, "/admin/"),
        "admin-reports": (admin, "/admin/chat/report/"),
        "admin-report": (admin, f"/admin/chat/report/{report}/change/"),
        "admin-people": (admin, "/admin/chat/person/"),
        "admin-audit": (admin, "/admin/chat/auditentry/"),
        "admin-person": (admin, f"/admin/chat/person/{person}/change/"),
    }
    found = []
    for name, (page, path) in pages.items():
        page.goto(scene.server.url + path)
        found += audit(page, name, pictures, full_page=page is admin)
    assert not found, "\n".join(found)


def test_the_administration_has_the_colours_of_the_product_and_the_theme_of_the_person(arrange) -> None:
    scene = arrange()
    admin = moderator(scene, "/admin/")
    colour = "(name) => getComputedStyle(document.body)[name]"
    for theme, system, scheme in (
        ("system", "light", "light dark"),
        ("dark", "light", "dark"),
        ("light", "dark", "light"),
    ):
        scene.do(
            "admin = Person.objects.get(user__email='admin@example.com')\n"
            f"actions.edit_profile(admin, {{'theme': '{theme}'}})"
        )
        admin.emulate_media(color_scheme=system)
        admin.goto(f"{scene.server.url}/admin/")
        assert admin.evaluate("getComputedStyle(document.documentElement).colorScheme") == scheme
        there = {name: admin.evaluate(colour, name) for name in ("backgroundColor", "color", "fontFamily")}
        admin.goto(f"{scene.server.url}/profile/")
        page = admin.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        here = {name: admin.evaluate(colour, name) for name in ("color", "fontFamily")}
        assert there == {**here, "backgroundColor": page}, theme
    scene.do("actions.edit_profile(Person.objects.get(user__email='admin@example.com'), {'theme': 'system'})")
