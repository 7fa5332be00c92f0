"""A part of the workspace is unavailable: the page stays usable, says what is wrong, and loses nothing that was written."""

import re
from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.browser.looking import take
from tests.browser.scene import PHONE, Scene, discard, live, on_device, send, texts, until

SENTENCE = "Something went wrong on the server. Try again in a moment."
TOASTS = "#toasts > *"


def away(route: Route) -> None:
    """Like the answer of ``chat/views/broken.py``."""
    headers = {"Chat-Answer": "1", "Retry-After": "1"}
    route.fulfill(status=503, headers=headers, content_type="text/plain; charset=utf-8", body=SENTENCE)


def banner(page: Page) -> Any:
    return page.locator("#connection")


def test_what_the_page_asks_for_by_itself_comes_when_it_can_and_nobody_is_told_in_vain(
    arrange, pictures
) -> None:
    scene: Scene = arrange("say(bob, 'Before')")
    alice = live(scene.open("alice"))
    lists, changes = re.compile(r"/rooms/$"), re.compile("/changes/")
    alice.route(lists, away)
    alice.route(changes, away)
    alice.context.set_offline(True)
    expect(banner(alice).get_by_text("You are offline")).to_be_visible()
    send(alice, "One")
    send(alice, "Two")
    send(alice, "Three")
    waiting = alice.locator(".message[data-state=pending]", has_text="Two")
    expect(waiting.get_by_text("Waiting to send")).to_be_visible()
    made = f"{scene.name}-made"
    scene.do(
        "import uuid\n"
        "alice, bob = (Person.objects.get(user__email=f'{n}@example.com') for n in ('alice', 'bob'))\n"
        f"actions.post_message(bob, uuid.UUID('{scene.room}'), id=uuid.uuid4(), body='Meanwhile')\n"
        f"actions.create_room(alice, name='{made}', topic='', kind='closed')"
    )
    discard(waiting)
    expect(alice.locator("#body")).to_be_focused()
    take(alice, pictures / "away-waiting.png")
    alice.context.set_offline(False)
    live(alice)
    expect(banner(alice).get_by_text("Catching up…")).to_be_visible()
    until(alice, lambda: len(texts(alice)) >= 3)
    alice.wait_for_timeout(700)  # it would have reported that nothing was missed by now
    expect(banner(alice).get_by_text("nothing was missed")).to_be_hidden()
    alice.unroute(changes)
    expect(banner(alice).get_by_text("nothing was missed")).to_be_visible(timeout=10_000)
    until(alice, lambda: texts(alice) == ["Before", "Meanwhile", "One", "Three"])
    expect(alice.locator(TOASTS)).to_have_count(0)
    expect(alice.get_by_role("link", name=made)).to_have_count(0)
    alice.unroute(lists)
    expect(alice.locator("#places").get_by_text(made)).to_be_visible(timeout=20_000)


def test_who_can_not_be_signed_out_keeps_everything_and_is_told_so(arrange, pictures) -> None:
    scene: Scene = arrange()
    alice = live(scene.open("alice", viewport=PHONE))
    alice.context.route("**/draft/", away)
    alice.context.route("**/logout/", away)
    alice.fill("#body", "Half a thought")
    until(alice, lambda: [row["body"] for row in on_device(alice, "drafts")] == ["Half a thought"])
    alice.goto(f"{scene.server.url}/profile/")
    live(alice).get_by_role("button", name="Sign out").click()
    expect(alice.locator(TOASTS)).to_have_text(SENTENCE)
    take(alice, pictures / "away-sign-out.png")
    assert [row["body"] for row in on_device(alice, "drafts")] == ["Half a thought"]
    alice.context.unroute("**/logout/")
    alice.get_by_role("button", name="Sign out").click()
    alice.wait_for_url("**/accounts/login/**")
    assert on_device(alice, "drafts") == []


def test_a_door_that_is_away_is_waited_for_where_one_is(arrange, pictures) -> None:
    scene: Scene = arrange()
    alice = live(scene.open("alice"))
    sign_in = re.compile("/accounts/login/")
    alice.route(sign_in, away)
    alice.fill("#body", "Typed before")
    alice.context.clear_cookies()
    alice.evaluate("() => dispatchEvent(new Event('online'))")
    dialog = alice.get_by_role("dialog", name="Sign in again")
    expect(dialog.get_by_role("alert")).to_contain_text("not responding")
    take(alice, pictures / "away-sign-in.png")
    alice.unroute(sign_in)
    dialog.get_by_label("Email").fill("alice@example.com", timeout=10_000)
    dialog.get_by_label("Password").fill("talk-to-me")
    alice.route(sign_in, away)
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog.get_by_role("alert")).to_contain_text("not responding")
    expect(dialog.get_by_label("Password")).to_have_value("talk-to-me")
    alice.unroute(sign_in)
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog).to_have_count(0)
    expect(alice.locator("#body")).to_have_value("Typed before")


def test_a_session_that_another_tab_makes_anew_leads_nobody_to_the_door(arrange) -> None:
    """Like changing the password: sockets are notified before the browser has the answer with the new cookie."""
    scene: Scene = arrange()
    alice = scene.open("alice", "/people/")
    closes, refusals = [4401], ["Sign in to continue."]
    alice.context.route_web_socket(
        re.compile("/live/"),
        lambda ours: ours.close(code=closes.pop()) if closes else ours.connect_to_server(),
    )
    alice.context.route(
        "**/me/",
        lambda route: route.fulfill(status=401, body=refusals.pop()) if refusals else route.fallback(),
    )
    sign_ins: list[str] = []
    alice.on("request", lambda request: sign_ins.append(request.url) if "/login/" in request.url else None)
    alice.goto(scene.url)
    live(alice)
    assert not closes
    assert not refusals
    assert not sign_ins


def half_typed_before_a_backup(scene: Scene) -> tuple[Page, str]:
    """An offline page with a draft, in a room that has no draft on the server any more."""
    alice = live(scene.open("alice"))
    with alice.expect_response(lambda answer: "/draft/" in answer.url and answer.ok):
        alice.fill("#body", "Half a thought")
    alice.context.set_offline(True)
    expect(banner(alice).get_by_text("You are offline")).to_be_visible()
    rows = f"Draft.objects.filter(room='{scene.room}')"
    later = 10**12  # as the version of a restored room is beyond what any page holds
    scene.do(
        f"{rows}.delete()\nRoom.objects.filter(pk='{scene.room}').update(version={later}, floor={later})"
    )
    return alice, rows


def drafts_brought(page: Page) -> Any:
    return page.expect_response(lambda answer: "/draft/" in answer.url and answer.request.method == "POST")


def test_what_one_is_writing_stays_when_the_workspace_goes_back_to_a_backup(arrange) -> None:
    scene: Scene = arrange("say(bob, 'Before')")
    alice, drafts = half_typed_before_a_backup(scene)
    with drafts_brought(alice):
        alice.context.set_offline(False)
    live(alice)
    expect(banner(alice)).to_be_hidden(timeout=10_000)
    expect(alice.locator("#body")).to_have_value("Half a thought")
    assert scene.do(f"print({drafts}.get().body)").strip() == "Half a thought"
    assert texts(alice) == ["Before"]


def test_what_one_is_writing_stays_though_the_list_of_rooms_says_first_that_there_is_none(arrange) -> None:
    scene: Scene = arrange("say(bob, 'Before')")
    alice, drafts = half_typed_before_a_backup(scene)
    changes, held = re.compile("/changes/"), list[Route]()

    def hold(route: Route) -> None:
        held.append(route)

    alice.route(changes, hold)
    alice.context.set_offline(False)
    expect(alice.locator(f"#place-{scene.room}")).not_to_have_attribute("data-draft", re.compile(".*"))
    until(alice, lambda: bool(held))
    draft = f"{scene.url}draft/"  # earlier requests of the page have been answered when this one is
    alice.evaluate("async (url) => { await fetch(url); await fetch(url); }", draft)
    with drafts_brought(alice):
        alice.unroute(changes)
        for route in held:
            route.fallback()
    expect(alice.locator("#body")).to_have_value("Half a thought")
    assert scene.do(f"print({drafts}.get().body)").strip() == "Half a thought"
