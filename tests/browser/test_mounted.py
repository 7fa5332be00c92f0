"""The chat below a path of another project, under a plain Daphne."""

import json
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.browser.scene import ARRANGE, Scene, live, send
from tests.support.services import Daphne


class Project(Daphne):
    program = ("-m", "daphne")
    application = ("tests.mounted.asgi:application",)


def test_two_people_talk_below_a_path(tmp_path: Path, browser: Browser) -> None:
    env = {"DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}"}
    project = Project(tmp_path, DJANGO_SETTINGS_MODULE="tests.mounted.settings", **env)
    try:
        project.manage("migrate", "--verbosity", "0")
        project.manage("demo", DEBUG="1")
        code = ARRANGE.replace("NAME", "'below'").replace("EXTRA", "say(bob, 'Of Bob')")
        made = json.loads(project.manage("shell", "--no-imports", "-c", code).partition("ARRANGED")[2])
        scene = Scene(project, browser, "below", **made)
        path = f"/chat/rooms/{scene.room}/"
        alice, bob = live(scene.open("alice", path)), live(scene.open("bob", path))
        send(alice, "Over the socket")
        for page in (alice, bob):
            expect(page.locator(".message[data-seq='2']")).to_contain_text("Over the socket")
        alice.press("#body", "ArrowUp")
        alice.locator("form[data-edit] textarea").fill("Edited")
        alice.locator("form[data-edit] textarea").press("Enter")
        expect(bob.locator(".message[data-seq='2'][data-edited]")).to_contain_text("Edited")
        bob.locator(".message[data-seq='2'] .message__name").click()
        expect(bob.locator("#dialog")).to_contain_text("@")
        bob.keyboard.press("Escape")
        bob.keyboard.press("Control+k")
        bob.keyboard.type("announce")
        bob.keyboard.press("Enter")
        expect(bob.locator("#room-title h1")).to_have_text("announcements")
        for page in scene.pages:
            page.context.close()
        assert not scene.complaints
    finally:
        project.stop()
