"""Two people in two browsers, on the real thing."""

import json
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.support.services import Daphne

DESK = {"width": 1280, "height": 832}
PHONE = {"width": 390, "height": 844}
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
# What the browser itself logs of answers and connections that fail; our scripts log nothing.
NETWORK = re.compile(r"Failed to load resource|WebSocket connection|net::ERR_")

ARRANGE = """
import json
from uuid import uuid4
from django.test import Client
from chat import actions
from chat.models import Person
alice, bob, charlie = (Person.objects.get(user__email=f"{n}@example.com") for n in ("alice", "bob", "charlie"))
room = actions.create_room(alice, name=NAME, topic="A topic", kind="closed")
actions.add_member(alice, room.pk, bob.username)
def say(person, body):
    return actions.post_message(person, room.pk, id=uuid4(), body=body).message
EXTRA
sessions = {}
for name, person in (("alice", alice), ("bob", bob), ("charlie", charlie)):
    client = Client()
    client.force_login(person.user)
    sessions[name] = client.cookies["sessionid"].value
print("ARRANGED" + json.dumps({"room": str(room.pk), "sessions": sessions}))
"""


@dataclass
class Scene:
    """A closed room of Alice and Bob; Charlie is a stranger. ``complaints``: what consoles and policies said."""

    server: Daphne
    browser: Browser
    name: str
    room: str
    sessions: dict[str, str]
    complaints: list[str] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{self.server.url}/rooms/{self.room}/"

    def open(self, name: str, path: str | None = None, **options: Any) -> Page:
        context = self.browser.new_context(
            **{"viewport": DESK, "locale": "en-GB", "timezone_id": "Europe/Sofia"} | options
        )
        context.add_cookies([{"name": "sessionid", "value": self.sessions[name], "url": self.server.url}])
        context.add_init_script(
            "addEventListener('securitypolicyviolation', e => console.error('CSP', e.violatedDirective, e.blockedURI))"
        )
        page = context.new_page()
        page.on("console", lambda m: self.complain(name, m.text) if m.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: self.complain(name, str(error)))
        page.goto(self.url if path is None else self.server.url + path)
        self.pages.append(page)
        return page

    def complain(self, name: str, text: str) -> None:
        if not NETWORK.search(text):
            self.complaints.append(f"{name}: {text}")

    def do(self, code: str) -> None:
        """Something that happens elsewhere, over the same actions (another process: its frames are lost to this server)."""
        self.server.manage(
            "shell", "--no-imports", "-c", f"from chat import actions\nfrom chat.models import *\n{code}"
        )


@pytest.fixture
def arrange(server: Daphne, browser: Browser) -> Iterator[Callable[..., Scene]]:
    made: list[Scene] = []

    def make(extra: str = "") -> Scene:
        name = f"t-{uuid.uuid4().hex[:8]}"
        code = ARRANGE.replace("NAME", repr(name)).replace("EXTRA", extra)
        out = server.manage("shell", "--no-imports", "-c", code)
        scene = Scene(server, browser, name, **json.loads(out.partition("ARRANGED")[2]))
        made.append(scene)
        return scene

    yield make
    for scene in made:
        for page in scene.pages:
            page.context.close()
        assert not scene.complaints


def send(page: Page, text: str) -> None:
    page.fill("#body", text)
    page.press("#body", "Enter")


def texts(page: Page) -> list[str]:
    return page.locator("#messages .message__text").all_inner_texts()


def live(page: Page) -> Page:
    """Wait until the page's socket has been let in."""
    expect(page.locator("html")).to_have_attribute("data-live", "yes")
    return page


def test_two_people_talk_and_see_exactly_what_was_sent(arrange) -> None:
    scene = arrange()
    alice, bob = live(scene.open("alice")), live(scene.open("bob"))
    for n in range(20):
        send(alice, f"Alice {n}")
        send(bob, f"Bob {n}")
    for page in (alice, bob):
        expect(page.locator("#messages .message[data-seq]")).to_have_count(40)
        expect(page.locator("[data-state]")).to_have_count(0)
    assert texts(alice) == texts(bob)
    assert len(set(texts(alice))) == 40
    ids = [
        page.locator("#messages .message").evaluate_all("rows => rows.map(r => r.id)")
        for page in (alice, bob)
    ]
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == 40


def test_the_bubble_stands_there_before_the_server_has_heard_and_becomes_the_message(arrange) -> None:
    scene = arrange()
    alice = live(scene.open("alice"))
    held: list[Route] = []
    alice.route("**/messages/", lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks its handlers
    send(alice, "Quick **as** light")
    bubble = alice.locator(".message[data-state=pending]")
    expect(bubble).to_have_count(1)
    key = bubble.get_attribute("id")
    expect(alice.get_by_text("Waiting for the connection")).to_be_visible()
    held[0].continue_()
    expect(alice.locator(f"#{key} strong")).to_have_text("as")
    expect(alice.locator("#messages .message")).to_have_count(1)


def test_a_post_that_fails_says_so_and_goes_out_once_when_tried_again(arrange) -> None:
    scene = arrange()
    alice, bob = live(scene.open("alice")), live(scene.open("bob"))
    alice.clock.install()
    alice.route("**/messages/", lambda route: route.abort())
    send(alice, "Will it arrive?")
    for _ in range(8):
        alice.clock.run_for(5000)
    expect(alice.get_by_text("Not sent. The server did not answer.")).to_be_visible()
    alice.unroute("**/messages/")
    alice.get_by_role("button", name="Try again").click()
    expect(bob.locator("#messages .message__text")).to_have_text(["Will it arrive?"])
    expect(alice.locator("#messages .message[data-seq]")).to_have_count(1)


def test_a_refused_message_says_why_and_lets_the_next_go(arrange) -> None:
    scene = arrange()
    alice = live(scene.open("alice"))
    alice.eval_on_selector("#body", "field => field.removeAttribute('maxlength')")
    send(alice, "x" * 10_001)
    send(alice, "The next one")
    expect(alice.get_by_text("10000 are the most")).to_be_visible()
    expect(alice.locator(".message[data-seq] .message__text")).to_have_text(["The next one"])
    alice.get_by_role("button", name="Discard").click()
    expect(alice.locator("#messages .message")).to_have_count(1)


def test_a_gap_of_a_hundred_and_fifty_closes(arrange) -> None:
    scene = arrange()
    bob = live(scene.open("bob"))
    bob.context.set_offline(True)
    expect(bob.locator("#connection")).to_be_visible()
    scene.do(
        f"""
from uuid import uuid4
room = Room.objects.get(pk="{scene.room}")
alice = Person.objects.get(user__email="alice@example.com")
sent = [actions.post_message(alice, room.pk, id=uuid4(), body=f"Number {{n}}").message for n in range(150)]
for n in range(0, 150, 10): actions.edit_message(alice, sent[n].pk, f"Changed {{n}}")
for n in range(5, 150, 10): actions.delete_message(alice, sent[n].pk)
"""
    )
    bob.context.set_offline(False)
    expect(bob.locator("#messages .message")).to_have_count(150)
    expect(bob.locator("#messages .message[data-deleted]")).to_have_count(15)
    expect(bob.locator("#messages .message[data-edited]")).to_have_count(15)
    expect(bob.locator("#connection")).to_be_hidden()
    seqs = bob.locator("#messages .message").evaluate_all("rows => rows.map(r => Number(r.dataset.seq))")
    assert seqs == list(range(1, 151))


def test_the_removed_see_no_more_and_are_told(arrange) -> None:
    scene = arrange()
    alice, bob = live(scene.open("alice")), live(scene.open("bob"))
    send(alice, "With Bob")
    expect(bob.get_by_text("With Bob").first).to_be_visible()
    alice.goto(f"{scene.url}members/")
    alice.get_by_role("button", name="Remove").click()
    expect(bob.get_by_role("heading", name="You are no longer in this room")).to_be_visible()
    expect(bob.locator(".message")).to_have_count(0)
    expect(bob.locator(f"#place-{scene.room}")).to_have_count(0)
    assert bob.goto(scene.url).status == 404


def test_the_updates_of_others_leave_half_typed_text_alone(arrange) -> None:
    scene = arrange("say(bob, 'First'); m = say(alice, 'To be edited')")
    alice, bob = live(scene.open("alice")), live(scene.open("bob"))
    alice.fill("#body", "Half of a sen")
    alice.press("#body", "Control+Home")
    send(bob, "Something else")
    expect(alice.get_by_text("Something else").first).to_be_visible()
    expect(alice.locator("#body")).to_have_value("Half of a sen")
    expect(alice.locator("#body")).to_be_focused()
    assert alice.eval_on_selector("#body", "field => field.selectionStart") == 0
    # An open edit outlives a new version of its own message.
    alice.fill("#body", "")
    alice.press("#body", "ArrowUp")
    field = alice.locator("form[data-edit] textarea")
    field.fill("Half edi")
    other = live(scene.open("alice"))
    other.press("#body", "ArrowUp")
    other.locator("form[data-edit] textarea").fill("Edited elsewhere")
    other.locator("form[data-edit] textarea").press("Enter")
    expect(alice.locator(".message__text", has_text="Edited elsewhere")).to_be_visible()
    expect(field).to_have_value("Half edi")
    field.press("Escape")
    expect(field).to_have_count(0)


def test_what_is_not_there_and_what_is_not_theirs_look_the_same(arrange) -> None:
    scene = arrange()
    charlie = scene.open("charlie", "/rooms/00000000-0000-4000-8000-000000000000/")
    absent = charlie.inner_text("body")
    assert charlie.goto(scene.url).status == 404
    assert charlie.inner_text("body") == absent
    assert "not" in absent.lower()


def test_unread_is_live_in_every_tab_and_reading_clears_it_everywhere(arrange) -> None:
    scene = arrange()
    alice, elsewhere = live(scene.open("alice")), live(scene.open("bob", "/rooms/"))
    send(alice, "One")
    send(alice, "Two")
    place = elsewhere.locator(f"#place-{scene.room}")
    expect(place.locator(".badge")).to_have_text("2")
    expect(place.locator(".place__last")).to_contain_text("Two")
    expect(elsewhere).to_have_title(re.compile(r"^\(\d+\)"))
    live(scene.open("bob"))
    expect(place.locator(".badge")).to_be_hidden()


def test_scrolling_up_loads_older_ones_without_a_jump(arrange) -> None:
    scene = arrange("for n in range(200): say(bob if n % 3 else alice, f'Number {n} ' + 'word ' * (n % 40))")
    alice = live(scene.open("alice"))
    expect(alice.locator("#messages .message")).to_have_count(40)
    jumps = alice.evaluate(
        """async () => {
            const stream = document.getElementById("stream");
            const frame = () => new Promise(requestAnimationFrame);
            const worst = [];
            while (document.body.dataset.atStart !== "1") {
                const first = document.querySelector("#messages .message");
                const count = document.querySelectorAll("#messages .message").length;
                stream.scrollTop = -(stream.scrollHeight - stream.clientHeight) + 300;
                await frame();
                const before = first.getBoundingClientRect().top;
                while (document.querySelectorAll("#messages .message").length === count) await frame();
                await frame();
                worst.push(Math.abs(first.getBoundingClientRect().top - before));
            }
            return worst;
        }"""
    )
    assert max(jumps) <= 2
    expect(alice.locator("#messages .message")).to_have_count(200)
    expect(alice.get_by_role("heading", name=re.compile("This is where"))).to_have_count(1)


def test_who_reads_above_keeps_their_place_and_is_told_of_what_comes(arrange) -> None:
    scene = arrange("for n in range(40): say(alice, f'Number {n}')")
    alice, bob = live(scene.open("alice")), live(scene.open("bob"))
    bob.evaluate("document.getElementById('stream').scrollTop = -400")
    row = bob.locator("#messages .message").nth(20)
    before = row.bounding_box()
    send(alice, "Down here")
    expect(bob.locator("#pill")).to_contain_text("1 new message")
    after = row.bounding_box()
    assert before
    assert after
    assert abs(before["y"] - after["y"]) <= 2
    bob.locator("#pill").click()
    expect(bob.locator("#pill")).to_be_hidden()
    expect(bob.get_by_text("Down here").last).to_be_in_viewport()


def test_names_of_people_and_rooms_change_everywhere_at_once(arrange) -> None:
    scene = arrange("say(bob, 'From Bob')")
    alice, bob = live(scene.open("alice")), live(scene.open("bob"))
    settings = scene.open("bob", "/profile/")
    old = bob.locator("#me .person__name").inner_text()
    settings.fill("[name=display_name]", "Bobby Tables")
    settings.get_by_role("button", name="Save").click()
    expect(alice.locator(".message__name").first).to_have_text("Bobby Tables")
    settings.fill("[name=display_name]", old)
    settings.get_by_role("button", name="Save").click()
    expect(alice.locator(".message__name").first).to_have_text(old)
    owner = scene.open("alice", f"/rooms/{scene.room}/edit/")
    owner.fill("[name=name]", f"new-{scene.name}")
    owner.get_by_role("button", name="Save").click()
    expect(bob.locator("#room-title h1")).to_have_text(f"new-{scene.name}")
    expect(bob.locator(f"#place-{scene.room} .place__name")).to_have_text(f"new-{scene.name}")


def test_signing_out_in_one_tab_leads_the_other_to_the_door(arrange) -> None:
    scene = arrange()
    bob = live(scene.open("bob"))
    other = bob.context.new_page()
    other.goto(f"{scene.server.url}/profile/")
    other.get_by_role("button", name="Sign out").click()
    bob.wait_for_url("**/accounts/login/**")


def test_with_the_keyboard_alone(arrange) -> None:
    scene = arrange("say(alice, 'Older words'); say(bob, 'Of Bob')")
    alice = live(scene.open("alice"))
    alice.focus("#body")
    alice.keyboard.type("Typed")
    alice.keyboard.press("Enter")
    expect(alice.locator(".message[data-seq='3']")).to_be_visible()
    alice.focus("#stream")
    for _ in range(3):
        alice.keyboard.press("ArrowUp")
    expect(alice.locator(".message[data-seq='1']")).to_be_focused()
    for _ in ("time", "copy", "edit", "delete"):
        alice.keyboard.press("Tab")
    expect(alice.locator("#actions [data-action=delete]")).to_be_focused()
    alice.keyboard.press("Enter")
    expect(alice.get_by_role("link", name="Keep")).to_be_focused()
    alice.keyboard.press("Tab")
    alice.keyboard.press("Enter")
    expect(alice.locator(".message[data-seq='1'][data-deleted]")).to_be_visible()


def test_a_phone_shows_one_pane_at_a_time(arrange) -> None:
    scene = arrange("say(bob, 'Hello phone')")
    phone = live(scene.open("alice", "/rooms/", viewport=PHONE, has_touch=True, is_mobile=True))
    phone.locator(f"#place-{scene.room}").tap()
    expect(phone.get_by_text("Hello phone").last).to_be_visible()
    live(phone)
    phone.fill("#body", "From the phone")
    phone.get_by_role("button", name="Send").tap()
    expect(phone.locator(".message[data-seq='2']")).to_be_visible()
    phone.locator("#details-toggle").tap()
    expect(phone.locator("#details")).to_be_visible()
    phone.get_by_role("button", name="Close the details").tap()
    expect(phone.locator("#body")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    phone.get_by_role("link", name="Back to the rooms").tap()
    expect(phone.locator(f"#place-{scene.room}")).to_be_visible()


def test_without_script_people_read_and_write(arrange) -> None:
    scene = arrange("say(bob, 'Readable')")
    alice = scene.open("alice", java_script_enabled=False)
    expect(alice.get_by_text("Readable").last).to_be_visible()
    alice.fill("#body", "Written without script")
    alice.get_by_role("button", name="Send").click()
    expect(alice.locator(".message[data-seq='2']")).to_contain_text("Written without script")


PAGES = {
    "sign-in": ("/accounts/login/", None),
    "sign-up": ("/accounts/signup/", None),
    "rooms": ("/rooms/", "alice"),
    "room": ("ROOM", "alice"),
    "details": ("ROOM#details", "alice"),
    "members": ("ROOMmembers/", "alice"),
    "browse": ("/rooms/browse/", "alice"),
    "new-room": ("/rooms/new/", "alice"),
    "profile": ("/profile/", "alice"),
    "missing": ("/rooms/00000000-0000-4000-8000-000000000000/", "alice"),
}
CONTENT = r"""
say(bob, 'Some **Markdown** and `code`')
say(bob, '```python\nprint("สวัสดี")\n```')
say(alice, 'Здравейте на всички')
actions.delete_message(bob, say(bob, 'x').pk)
actions.edit_message(alice, say(alice, 'y').pk, 'Edited words')
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", ["desk", "phone"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    arrange, pictures: Path, scheme: str, width: str
) -> None:
    scene = arrange(CONTENT)
    viewport = DESK if width == "desk" else PHONE
    page = scene.open("alice", "/rooms/", viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
    guest = scene.browser.new_context(viewport=viewport, color_scheme=scheme).new_page()
    found = []
    for name, (path, who) in PAGES.items():
        shown = page if who else guest
        shown.goto(scene.server.url + path.replace("ROOM", f"/rooms/{scene.room}/").removesuffix("#details"))
        if name == "details":
            live(shown).locator("#details-toggle").click()
        shown.screenshot(path=pictures / f"{name}-{viewport['width']}-{scheme}.png")
        shown.evaluate(AXE)
        # The details are a phone's only pane while they are open; the room's heading is behind it.
        off = ["landmark-one-main", "page-has-heading-one"] if (name, width) == ("details", "phone") else []
        rules = {rule: {"enabled": False} for rule in off}
        for problem in shown.evaluate("rules => axe.run(document, {rules})", rules)["violations"]:
            found.append(f"{name}: {problem['id']}: {problem['nodes'][0]['html'][:200]}")
        assert shown.evaluate("document.documentElement.scrollWidth") <= viewport["width"], name
    guest.context.close()
    assert not found, "\n".join(found)
