"""The chat mounted at a path of another project, under a plain Daphne."""

import json
import os
import shutil
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser.contexts import Contexts
from tests.browser.scene import ARRANGE, Scene, live, send, until
from tests.browser.test_app import KEPT, STATIC
from tests.support.services import Daphne, manage


class Project(Daphne):
    program = ("-m", "daphne")
    application = ("tests.mounted.asgi:application",)


def test_two_people_talk_below_a_path(tmp_path: Path, browser: Browser) -> None:
    env = {"DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}", "RELEASE": str(tmp_path)}
    shutil.copytree(STATIC, tmp_path / "from")
    settings = os.environ | env | {"DJANGO_SETTINGS_MODULE": "tests.mounted.settings"}
    manage(settings, "collectstatic", "--noinput", "--verbosity", "0")
    project = Project(tmp_path, DJANGO_SETTINGS_MODULE="tests.mounted.settings", **env)
    try:
        project.manage("migrate", "--verbosity", "0")
        project.manage("demo", DEBUG="1")
        code = ARRANGE.replace("NAME", "'below'").replace("EXTRA", "say(bob, 'Of Bob')")
        made = json.loads(project.elsewhere(code).partition("ARRANGED")[2])
        scene = Scene(project, browser, Contexts(browser), "below", **made)
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
        without_a_network(live(scene.open("alice", path, service_workers="allow")), scene, path)
        scene.end()
    finally:
        project.stop()


def without_a_network(page: Page, scene: Scene, path: str) -> None:
    until(page, lambda: sorted(page.evaluate(KEPT)) == ["/chat/rooms/", path])
    page.context.set_offline(True)
    page.goto(f"{scene.server.url}/chat/")
    page.locator(f"#place-{scene.room}").click()
    expect(page.locator("html[data-copy][data-script=here]")).to_be_attached()
    expect(page.locator(".message[data-seq='2']")).to_contain_text("Edited")
    page.goto(f"{scene.server.url}/chat/profile/")
    expect(page.get_by_text("This page is not saved on this device.")).to_be_visible()
    expect(page.get_by_role("link", name="Go to your rooms")).to_have_attribute("href", "/chat/rooms/")
    # The session ended elsewhere; the sign-in page is outside the worker's scope.
    page.context.set_offline(False)
    page.context.clear_cookies()
    page.goto(scene.server.url + path)
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    until(page, lambda: page.evaluate(KEPT) == [])
