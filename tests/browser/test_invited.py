"""From an empty workspace to two people talking; and the screens of invitations."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import EMPTY, environment
from tests.browser.looking import audit, flaws, take
from tests.browser.scene import DESK, PHONE, close, live
from tests.support.drawing import drawn
from tests.support.services import Daphne

SIZES = {"desk": {"viewport": DESK}, "phone": {"viewport": PHONE, "has_touch": True, "is_mobile": True}}


@pytest.fixture
def empty(workspace: Path, tmp_path: Path) -> Iterator[Daphne]:
    """A workspace without an owner yet."""
    database = shutil.copy(workspace / EMPTY, tmp_path)
    daphne = Daphne(tmp_path, **environment(workspace, database))
    yield daphne
    daphne.stop()


def check(page: Page, name: str, pictures: Path | None = None) -> None:
    """axe finds nothing, and nothing scrolls sideways."""
    size = page.viewport_size
    assert size
    if pictures:
        page.set_viewport_size({"width": size["width"], "height": 1700})  # the panes scroll, not the page
        take(page, pictures / f"{name}.png")
        page.set_viewport_size(size)
    assert not flaws(page, name)


def say(page: Page, text: str) -> None:
    """With the button: on touch screens Enter is a new line."""
    page.fill("#body", text)
    page.get_by_role("button", name="Send").click()


def rename(owner: Page, workspace: Daphne, size: str, pictures: Path) -> None:
    """The owner changes the workspace's name, and takes its picture away."""
    owner.goto(f"{workspace.url}/profile/")
    owner.get_by_role("link", name="Name and picture").click()
    expect(owner.get_by_label("Workspace name")).to_be_focused()
    check(owner, f"workspace-{size}", pictures)
    expect(owner.get_by_alt_text("Current picture")).to_be_visible()
    owner.get_by_label("Workspace name").fill("Harbour Ltd")
    owner.get_by_role("button", name="Remove picture").click()
    expect(owner.get_by_role("heading", name="Remove the workspace's picture?")).to_be_visible()
    owner.get_by_role("button", name="Remove picture").click()
    expect(owner.get_by_text("Saved.")).to_be_visible()
    expect(owner).to_have_title("Name and picture · Harbour Ltd")
    expect(owner.get_by_alt_text("Current picture")).to_have_count(0)


@pytest.mark.parametrize("size", SIZES)
def test_from_the_first_run_to_the_second_person_talking(
    empty: Daphne, browser: Browser, pictures: Path, size: str
) -> None:
    owner = browser.new_context(**SIZES[size]).new_page()
    owner.goto(empty.url)
    expect(owner.get_by_label("Workspace name")).to_be_focused()
    owner.get_by_label("Workspace name").fill("Harbour & Sons")
    owner.get_by_label("Workspace picture").set_input_files(
        {"name": "logo.png", "mimeType": "image/png", "buffer": drawn()}
    )
    owner.get_by_label("Your name").fill("Olga Petrova")
    owner.get_by_label("Email", exact=True).fill("olga@example.com")
    owner.get_by_label("Password").fill("four-words-are-easy")
    owner.get_by_label("Who can create an account").select_option("invited")
    check(owner, f"welcome-{size}", pictures)
    owner.get_by_role("button", name="Create workspace").click()
    expect(owner.get_by_role("heading", name="general", exact=True)).to_be_visible()
    expect(owner).to_have_title("#general · Harbour & Sons")
    if size == "desk":
        expect(owner.locator("#body")).to_be_focused()
    check(live(owner), f"first-room-{size}", pictures)
    owner.get_by_role("link", name="Invite people").first.click()
    check(owner, f"invite-empty-{size}", pictures)
    owner.get_by_role("button", name="Create link").click()
    check(owner, f"invitation-link-{size}", pictures)
    link = owner.get_by_label("Link", exact=True).input_value()

    guest = browser.new_context(**SIZES[size]).new_page()
    guest.goto(link)
    expect(guest.get_by_role("heading", name="Olga Petrova invites you to #general")).to_be_visible()
    expect(guest.get_by_role("link", name="Harbour & Sons")).to_be_visible()
    expect(guest.get_by_text("It is a room on Harbour & Sons.")).to_be_visible()
    expect(guest.locator(".wordmark__picture")).to_have_js_property("naturalWidth", 512)
    check(guest, f"invited-{size}", pictures)
    guest.get_by_role("link", name="Create an account").click()
    guest.get_by_label("Your name").fill("สมชาย ใจดี")
    guest.get_by_label("Email").fill("somchai@example.com")
    guest.get_by_label("Password").fill("four-words-are-easy")
    check(guest, f"invited-signup-{size}", pictures)
    guest.get_by_role("button", name="Create account").click()
    expect(guest.get_by_role("heading", name="general", exact=True)).to_be_visible()

    owner.goto(guest.url)
    live(owner)
    say(live(guest), "Hello, here I am")
    expect(owner.get_by_text("Hello, here I am").last).to_be_visible()
    say(owner, "Welcome!")
    expect(guest.get_by_text("Welcome!").last).to_be_visible()
    rename(owner, empty, size, pictures)
    guest.reload()
    expect(guest).to_have_title("#general · Harbour Ltd")
    for page in (owner, guest):
        close(page)


def test_who_is_invited_sees_it_at_once_and_accepts(arrange, pictures: Path) -> None:
    scene = arrange()
    charlie = live(scene.open("charlie", "/rooms/"))
    alice = scene.open("alice", f"/rooms/{scene.room}/invitations/?q=charlie")
    alice.get_by_role("button", name=re.compile("Invite Charlie")).click()
    expect(alice.get_by_text("Invitation sent to")).to_be_visible()
    expect(charlie.get_by_text(f"invites you to #{scene.name}")).to_be_visible()
    check(charlie, "received", pictures)
    charlie.get_by_role("button", name=f"Accept the invitation to #{scene.name}").click()
    expect(live(charlie).locator("#body")).to_be_visible()
    expect(charlie.get_by_text(f"invites you to #{scene.name}")).to_be_hidden()


def test_what_is_taken_back_leaves_the_screen_at_once(arrange) -> None:
    scene = arrange()
    charlie = live(scene.open("charlie", "/rooms/"))
    alice = scene.open("alice", f"/rooms/{scene.room}/invitations/?q=charlie")
    alice.get_by_role("button", name=re.compile("Invite Charlie")).click()
    expect(charlie.get_by_text(f"invites you to #{scene.name}")).to_be_visible()
    alice.get_by_role("link", name="Revoke").click()
    expect(charlie.get_by_text(f"invites you to #{scene.name}")).to_be_visible()
    alice.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(charlie.get_by_text(f"invites you to #{scene.name}")).to_be_hidden()


def test_the_link_is_copied_by_its_button_and_by_hand(arrange) -> None:
    scene = arrange()
    alice = scene.open(
        "alice", f"/rooms/{scene.room}/invitations/", permissions=["clipboard-read", "clipboard-write"]
    )
    alice.get_by_role("button", name="Create link").click()
    field = alice.get_by_label("Link", exact=True)
    alice.get_by_role("button", name="Copy link").click()
    expect(alice.get_by_text("Copied.")).to_be_visible()
    assert alice.evaluate("navigator.clipboard.readText()") == field.input_value()
    field.focus()
    assert alice.evaluate("getSelection().toString()") == field.input_value()


INVITED = """
users = type(charlie.user)._default_manager
dora = actions.ensure_person(users.create_user(f"{room.name}@example.com"), "Dora Димитрова-Александрова")
actions.invite_person(alice, room.pk, charlie.pk)
actions.invite_person(alice, room.pk, dora.pk)
actions.invite_email(alice, room.pk, "someone.with.a.rather.long.name@department.example.com")
actions.revoke_invitation(alice, actions.make_link(alice, room.pk, most_uses=25).pk)
shown = actions.make_link(alice, room.pk, days=30)
"""
SHOWN = """
room = Room.objects.get(pk="{room}")
print(room.invitations.get(person__user__email="charlie@example.com").token)
print(room.invitations.usable().get(email="", person=None).pk)
"""


@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing(arrange, pictures: Path, size: str) -> None:
    scene = arrange(INVITED)
    token, shown = scene.do(SHOWN.format(room=scene.room)).split()[-2:]
    options = {**SIZES[size], "reduced_motion": "reduce"}
    alice = scene.open("alice", f"/rooms/{scene.room}/invitations/", **options)
    found = audit(alice, "invite-open", pictures, sizes=[size], tall=1700)
    alice.goto(f"{scene.server.url}/invitations/{shown}/")
    found += audit(alice, "link", pictures, sizes=[size], tall=1700)
    charlie = scene.open("charlie", f"/invitations/{token}/", **options)
    found += audit(charlie, "invitation", pictures, sizes=[size], tall=1700)
    charlie.goto(f"{scene.server.url}/rooms/")
    found += audit(charlie, "received", pictures, sizes=[size], tall=1700)
    assert not found, "\n".join(found)
