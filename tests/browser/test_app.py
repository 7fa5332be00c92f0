"""The chat as a web app: installed, opened offline, upgraded under an open page, and switched off."""

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.contexts import Contexts
from tests.browser.looking import take
from tests.browser.scene import ARRANGE, PHONE, Scene, live, send, texts, until
from tests.browser.switches import OTHER, go, mark, stayed
from tests.support.services import Daphne, manage

STATIC = Path(__file__).parents[2] / "static"
KEPT = """async () => {
    const pages = (await caches.keys()).filter((name) => name.includes(" pages "));
    const keys = await Promise.all(pages.map(async (name) => (await caches.open(name)).keys()));
    return keys.flat().map(({ url }) => new URL(url).pathname);
}"""
# Goes back, and types before the request for the parts of that room has failed.
BACK = """(words) => {
    addEventListener("popstate", () => {
        const field = document.getElementById("body");
        field.value += words;
        field.dispatchEvent(new Event("input", { bubbles: true }));
    }, { once: true });
    history.back();
}"""


class Deployment:
    """A separate server on a copy of the others' data, which is upgraded to releases of its own."""

    def __init__(self, folder: Path, browser: Browser, like: Daphne) -> None:
        self.folder = folder
        self.browser = browser
        self.count = 0
        source, copy = like.env["DATABASE_URL"].removeprefix("sqlite:///"), folder / "db.sqlite3"
        with closing(sqlite3.connect(source)) as there, closing(sqlite3.connect(copy)) as here:
            there.backup(here)
        self.daphne = Daphne(
            folder,
            DATABASE_URL=f"sqlite:///{copy}",
            DJANGO_SETTINGS_MODULE="tests.released.settings",
            RELEASE=like.env["RELEASE"],
        )

    def lay_out(self, name: str, style: str) -> None:
        """The static files of a release."""
        shutil.copytree(STATIC, self.folder / name / "from")
        (self.folder / name / "to").mkdir()
        with (self.folder / name / "from/css/room/message.css").open("a") as sheet:
            sheet.write(style)
        env = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.released.settings",
            "RELEASE": str(self.folder / name),
        }
        manage(env, "collectstatic", "--noinput", "--verbosity", "0")

    def upgrade(self, name: str) -> None:
        """The next release, on a machine without files of the previous one."""
        self.lay_out(name, f"\n:root {{ --release: {name}; }}\n")
        self.restart(RELEASE=str(self.folder / name))

    def restart(self, **env: str) -> None:
        self.daphne.stop()
        self.daphne.env |= env
        self.daphne.start()

    def arrange(self, extra: str = "") -> Scene:
        self.count += 1
        name = f"t-{self.count}"
        code = ARRANGE.replace("NAME", repr(name)).replace("EXTRA", extra)
        out = self.daphne.elsewhere(code)
        return Scene(
            self.daphne,
            self.browser,
            Contexts(self.browser),
            name,
            **json.loads(out.partition("ARRANGED")[2]),
        )


@pytest.fixture(scope="module")
def deployment(
    tmp_path_factory: pytest.TempPathFactory, browser: Browser, server: Daphne
) -> Iterator[Deployment]:
    made = Deployment(tmp_path_factory.mktemp("app"), browser, server)
    yield made
    made.daphne.stop()


@pytest.fixture
def scene(deployment: Deployment) -> Iterator[Scene]:
    arranged = deployment.arrange("say(bob, 'Of Bob')")
    yield arranged
    arranged.end()


def installed(scene: Scene, name: str = "alice") -> Page:
    """A person's page of the room, controlled by the worker, with copies of this page and of the room list."""
    page = live(scene.open(name, service_workers="allow"))
    until(page, lambda: len(page.evaluate(KEPT)) == 2)
    return page


def test_it_is_installed_and_without_a_network_the_rooms_are_there(scene: Scene, pictures: Path) -> None:
    bob = live(scene.open("bob"))
    alice = installed(scene)
    devtools = alice.context.new_cdp_session(alice)
    said = devtools.send("Page.getAppManifest")
    assert said["url"].endswith("/manifest.webmanifest")
    assert not said["errors"]
    errors = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # A test's context is one; the Chromium without windows does not mind.
    assert {error["errorId"] for error in errors} <= {"in-incognito"}
    context = alice.context
    alice.close()

    context.set_offline(True)
    page = context.new_page()
    page.goto(f"{scene.server.url}/")  # like the icon, or a person who types the address
    expect(page.get_by_text("Saved copy from")).to_be_visible()
    take(page, pictures / "offline-rooms-1280.png")
    page.locator(f"#place-{scene.room}").click()
    expect(page.locator("html[data-script=here]")).to_be_attached()
    expect(page.get_by_text("You are offline.")).to_be_visible()
    assert texts(page) == ["Of Bob"]
    send(page, "From the tunnel")
    expect(page.locator("[data-state=pending]")).to_have_count(1)
    page.reload()
    expect(page.locator("[data-state=pending]")).to_contain_text("From the tunnel")
    page.set_viewport_size(PHONE)
    take(page, pictures / "offline-room-390.png")
    page.goto(f"{scene.server.url}/profile/")
    expect(page.get_by_text("This page is not saved on this device.")).to_be_visible()
    take(page, pictures / "offline-nothing-390.png")
    page.go_back()
    send(bob, "Meanwhile")

    context.set_offline(False)
    live(page)
    expect(page.get_by_text("You are offline.")).to_be_hidden()
    for each in (page, bob):
        expect(each.locator(".message[data-seq]")).to_have_count(3)
        assert set(texts(each)) == {"Of Bob", "Meanwhile", "From the tunnel"}
    assert texts(page) == texts(bob)

    # Removed: no copy stays.
    person = "Person.objects.get(user__email='alice@example.com')"
    scene.do(
        f"alice = {person}\nactions.archive_room(alice, '{scene.room}')\n"
        f"bob = Member.objects.get(room='{scene.room}', person__user__email='bob@example.com')\n"
        f"actions.set_role(alice, '{scene.room}', bob.pk, 'owner')\n"
        f"actions.leave_room(alice, '{scene.room}')"
    )
    until(page, lambda: page.evaluate(KEPT) == ["/rooms/"])
    context.close()


def test_what_a_room_does_not_keep_leaves_the_device_with_the_next_list_of_rooms(scene: Scene) -> None:
    page = installed(scene)
    alice = "Person.objects.get(user__email='alice@example.com')"
    made = f"actions.create_room({alice}, name='{scene.name}-2', topic='', kind='closed')"
    other = scene.do(f"print({made}.pk)").split()[-1]
    page.goto(f"{scene.server.url}/rooms/{other}/")
    # The last message is in that copy, too.
    expect(page.locator(f"#place-{scene.room} .place__last")).to_contain_text("Of Bob")
    until(page, lambda: len(page.evaluate(KEPT)) == 3)
    page.goto(f"{scene.server.url}/rooms/")
    expire = f"actions.expire_before('{scene.room}', clock.now() + timedelta(minutes=1))"
    scene.do(f"from datetime import timedelta\nfrom chat.db.clock import clock\n{expire}")
    page.reload()
    until(page, lambda: page.evaluate(KEPT) == ["/rooms/"])
    live(page).goto(scene.url)
    for text in ("One", "Two"):
        send(live(page), text)
    until(page, lambda: texts(page) == ["One", "Two"])
    page.reload()
    until(page, lambda: len(page.evaluate(KEPT)) == 2)
    page.goto(f"{scene.server.url}/rooms/")
    live(page)
    assert len(page.evaluate(KEPT)) == 2  # this one shows no expired message
    sent = f"Message.objects.filter(room='{scene.room}').latest('seq').created_at"
    scene.do(f"actions.expire_before('{scene.room}', {sent})")  # its last message is still there
    page.reload()
    until(page, lambda: page.evaluate(KEPT) == ["/rooms/"])


def test_a_room_that_was_only_switched_to_is_there_offline_until_it_leaves_the_list(
    deployment: Deployment,
) -> None:
    scene = deployment.arrange(OTHER)
    page = installed(scene)
    mark(page)
    go(page, f"other-{scene.name}")
    expect(page.locator("#messages .message__text").last).to_have_text("Other 2")
    assert stayed(page)
    there = page.url
    until(page, lambda: len(page.evaluate(KEPT)) == 3)
    page.goto(f"{scene.server.url}/people/")  # a page that asks for the list of rooms
    expect(live(page).locator(f"#place-{scene.room}")).to_be_visible()
    assert len(page.evaluate(KEPT)) == 3
    page.go_back()  # the first room is cold now
    live(page)
    page.context.set_offline(True)
    page.evaluate(BACK, "Typed at once")
    expect(page.get_by_text("You are offline.")).to_be_visible()
    expect(page).to_have_url(scene.url)
    expect(page.locator("#body")).to_have_value("Typed at once")
    assert texts(page) == ["Here it began"]
    page.goto(there)
    expect(page.get_by_text("You are offline.")).to_be_visible()
    assert texts(page) == ["Other 0", "Other 1", "Other 2"]
    page.goto(scene.url)
    expect(page.locator("#body")).to_have_value("Typed at once")
    scene.do(
        f"""
other = Room.objects.get(name="other-{scene.name}")
bob = other.members.get(person__user__email="bob@example.com").person
actions.remove_member(bob, other.pk, other.members.get(person__user__email="alice@example.com").pk)
"""
    )
    page.context.set_offline(False)
    live(page)
    until(page, lambda: sorted(page.evaluate(KEPT)) == sorted(["/rooms/", f"/rooms/{scene.room}/"]))
    scene.end()


def test_nobody_else_finds_ones_pages_and_signing_out_leaves_none(scene: Scene) -> None:
    page = installed(scene)
    page.context.clear_cookies()  # without notice to the page: the session expired
    bob = {"name": "sessionid", "value": scene.sessions["bob"], "url": scene.server.url}
    page.context.add_cookies([bob])
    page.goto(f"{scene.server.url}/rooms/")
    until(page, lambda: page.evaluate(KEPT) == ["/rooms/"])
    page.context.set_offline(True)
    page.goto(scene.url)
    expect(page.get_by_text("This page is not saved on this device.")).to_be_visible()
    page.context.set_offline(False)
    page.goto(f"{scene.server.url}/profile/")
    live(page).get_by_role("button", name="Sign out").click()
    nothing_is_left(page)

    # With the form alone, without a script.
    page = installed(scene)
    page.evaluate("() => sessionStorage.setItem('draft', 'Half a sentence')")
    page.locator("#switcher-write").evaluate(
        "(form) => { form.action = '/accounts/logout/'; form.submit(); }"
    )
    nothing_is_left(page)


def nothing_is_left(page: Page) -> None:
    page.wait_for_url("**/accounts/login/**")
    assert page.evaluate("() => caches.keys()") == []
    assert page.evaluate("async () => (await navigator.serviceWorker.getRegistrations()).length") == 0
    assert page.evaluate("() => sessionStorage.length + localStorage.length") == 0


def test_an_open_page_outlives_an_upgrade_and_says_so(
    deployment: Deployment, scene: Scene, pictures: Path
) -> None:
    bob, alice = installed(scene, "bob"), installed(scene)
    alice.fill("#body", "Half a sen")
    unseen = alice.context.new_page()
    unseen.goto(f"{scene.server.url}/rooms/")
    unseen = live(unseen)
    unseen.evaluate(
        "() => { Object.defineProperty(document, 'hidden', { get: () => true }); window.old = 1; }"
    )
    deployment.upgrade("second")
    unseen.wait_for_function("() => !window.old")  # the page was hidden, and nothing was typed
    expect(live(unseen).get_by_text("A new version is available.")).to_have_count(0)
    for page in (alice, bob):
        expect(live(page).get_by_text("A new version is available.")).to_be_visible()
    take(alice, pictures / "new-version-1280.png")
    alice.fill("#body", "Half a sentence")
    alice.press("#body", "Enter")
    expect(bob.locator(".message[data-seq='2']")).to_contain_text("Half a sentence")
    bob.get_by_role("button", name="Reload").click()
    bob.wait_for_load_state()
    styles = "() => [...document.styleSheets].map((sheet) => sheet.href).filter(Boolean)"
    before, after = alice.evaluate(styles), live(bob).evaluate(styles)
    assert len(set(after) - set(before)) == 1  # the one that changed
    expect(bob.get_by_text("A new version is available.")).to_have_count(0)
    # The older copy still has its own files, which the server no longer has.
    alice.context.set_offline(True)
    alice.reload()
    expect(alice.locator("html[data-script=here]")).to_be_attached()
    assert alice.evaluate(styles) == before


def test_one_setting_takes_back_all_that_was_kept(deployment: Deployment, scene: Scene) -> None:
    page = installed(scene)
    deployment.restart(SERVICE_WORKER="0")
    page.goto(scene.url)
    until(page, lambda: page.evaluate("() => caches.keys()") == [])
    count = "async () => (await navigator.serviceWorker.getRegistrations()).length"
    until(page, lambda: page.evaluate(count) == 0)
    deployment.restart(SERVICE_WORKER="1")


BADGE = """
navigator.setAppBadge = async (count) => { window.badge = count; };
navigator.clearAppBadge = async () => { window.badge = 0; };
"""


def test_title_and_icon_tell_of_what_is_unread_but_not_of_what_is_muted(arrange) -> None:
    scene = arrange(
        "say(bob, 'Of Bob')\nMember.objects.filter(person=alice).exclude(room=room).update(muted=True)"
    )
    page = scene.open("alice", "/rooms/")
    page.add_init_script(BADGE)
    page.reload()
    icon = live(page).locator("link[rel=icon]")
    expect(page).to_have_title("(1) Rooms · hypertalk")
    assert page.evaluate("window.badge") == 1
    assert "icon-unread" in str(icon.get_attribute("href"))
    live(scene.open("alice"))
    expect(page).to_have_title("Rooms · hypertalk")
    assert page.evaluate("window.badge") == 0
    assert "icon-unread" not in str(icon.get_attribute("href"))
    scene.do("Member.objects.filter(person__user__email='alice@example.com').update(muted=False)")
