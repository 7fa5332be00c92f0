"""Nothing sent is lost: the outbox survives reloads, crashes, other tabs and the end of the session."""

import json
import re
import time
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from playwright.sync_api import BrowserContext, Page, Route, WebSocketRoute, expect

from tests.browser.scene import Scene, discard, live, on_device, send, texts, until

PENDING = ".message[data-state=pending]"


def offline(page: Page) -> Page:
    page.context.set_offline(True)
    expect(page.locator("#connection")).to_be_visible()
    return page


def tab(page: Page, scene: Scene) -> Page:
    other = page.context.new_page()
    other.goto(scene.url)
    return live(other)


def stored(page: Page) -> int:
    return len(on_device(page, "outbox"))


def test_what_is_sent_offline_outlives_a_crash_and_arrives_once_in_its_order(arrange) -> None:
    scene = arrange()
    bob = live(scene.open("bob"))
    alice = offline(live(scene.open("alice")))
    for word in ("One", "Two", "Three"):
        send(alice, word)
    expect(alice.locator(PENDING)).to_have_count(3)
    assert stored(alice) == 3
    context = alice.context
    alice.close()  # without notice to the page
    context.set_offline(False)
    later = context.new_page()
    later.goto(scene.url)
    for page in (later, bob):
        expect(page.locator("#messages .message[data-seq]")).to_have_count(3)
        assert texts(page) == ["One", "Two", "Three"]
    expect(later.locator("[data-state]")).to_have_count(0)
    assert stored(later) == 0


def test_another_rooms_page_sends_what_waits(arrange) -> None:
    scene = arrange()
    bob = live(scene.open("bob"))
    alice = offline(live(scene.open("alice")))
    send(alice, "From the train")
    expect(alice.locator(PENDING)).to_have_count(1)
    assert stored(alice) == 1
    context = alice.context
    alice.close()
    context.set_offline(False)
    context.new_page().goto(f"{scene.server.url}/profile/")
    expect(bob.locator("#messages .message__text")).to_have_text(["From the train"])


def two_tabs_send_everything_once_and_in_order(scene: Scene, alice: Page) -> None:
    bob = live(scene.open("bob"))
    other = tab(alice, scene)
    offline(alice)
    for n in range(3):
        send(alice, f"Left {n}")
        send(other, f"Right {n}")
    for page in (alice, other):
        expect(page.locator(PENDING)).to_have_count(6)
    alice.context.set_offline(False)
    expected = [f"{side} {n}" for n in range(3) for side in ("Left", "Right")]
    for page in (bob, alice, other):
        expect(page.locator("#messages .message[data-seq]")).to_have_count(6)
        assert texts(page) == expected
        expect(page.locator("[data-state]")).to_have_count(0)


def test_two_tabs_share_one_outbox(arrange) -> None:
    scene = arrange()
    two_tabs_send_everything_once_and_in_order(scene, live(scene.open("alice")))


def test_two_tabs_share_one_outbox_also_over_plain_http(arrange) -> None:
    """Browsers have no locks there: a lease in the storage replaces them."""
    scene = arrange()
    alice = scene.open("alice")
    alice.context.add_init_script("Object.defineProperty(navigator, 'locks', { value: undefined })")
    alice.reload()
    two_tabs_send_everything_once_and_in_order(scene, live(alice))


def test_a_message_discarded_in_one_tab_goes_from_the_other(arrange) -> None:
    scene = arrange()
    alice = live(scene.open("alice"))
    other = tab(alice, scene)
    alice.eval_on_selector("#body", "field => { field.dataset.limit = 20000; }")
    send(alice, "x" * 10_001)
    for page in (alice, other):
        expect(page.get_by_text("of 10000 characters")).to_be_visible()
    other.reload()
    expect(other.get_by_text("of 10000 characters")).to_be_visible()
    discard(other)
    for page in (alice, other):
        expect(page.locator("#messages .message")).to_have_count(0)


def test_a_session_that_ends_in_mid_sentence_is_begun_again_in_place(arrange) -> None:
    scene = arrange()
    bob, alice = live(scene.open("bob")), live(scene.open("alice"))
    alice.fill("#body", "Said while signed out")
    alice.context.clear_cookies()
    offline(alice).context.set_offline(False)
    dialog = alice.get_by_role("dialog", name="Sign in again")
    for _ in range(3):
        alice.keyboard.press("Escape")  # no message behind it can be sent
    expect(dialog.get_by_label("Password")).to_be_visible()
    dialog.get_by_label("Email").fill("alice@example.com")
    dialog.get_by_label("Password").fill("not-the-password")
    alice.context.set_offline(True)
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog.get_by_role("alert")).to_contain_text("not responding")
    alice.context.set_offline(False)
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog.get_by_text("not correct")).to_be_visible()
    expect(dialog.get_by_text("not responding")).to_be_hidden()
    dialog.get_by_label("Password").fill("talk-to-me")
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog).to_have_count(0)
    expect(alice.locator("#body")).to_be_focused()
    alice.keyboard.press("Enter")
    expect(bob.locator("#messages .message__text")).to_have_text(["Said while signed out"])


def test_a_form_that_is_older_than_the_signing_in_still_goes_out(arrange) -> None:
    """A half-written room description on its own page, and an edit of a message: neither is a draft, both stay."""
    scene = arrange("say(alice, 'What was said')")
    form, alice = live(scene.open("alice", "/rooms/new/")), live(scene.open("alice"))
    name = f"{scene.name}-new"
    form.get_by_label("Name").fill(name)
    alice.locator("#messages .message").hover()
    alice.get_by_role("button", name="Edit").click()
    alice.locator("form[data-edit] textarea").fill("What was meant")
    for page in (form, alice):
        page.context.clear_cookies()
        page.context.set_offline(True)
        page.context.set_offline(False)
        dialog = page.get_by_role("dialog", name="Sign in again")
        dialog.get_by_label("Email").fill("alice@example.com")
        dialog.get_by_label("Password").fill("talk-to-me")
        dialog.get_by_role("button", name="Sign in").click()
        expect(dialog).to_have_count(0)
    alice.locator("form[data-edit] textarea").press("Enter")
    expect(alice.locator("#messages .message__text")).to_have_text(["What was meant"])
    form.get_by_role("button", name="Create room").click()
    expect(form.locator("#room-title")).to_contain_text(name)


def test_signing_out_asks_when_something_waits_and_leaves_nothing_behind(arrange) -> None:
    scene = arrange()
    alice = live(scene.open("alice"))
    alice.context.route("**/messages/", lambda route: route.abort())
    alice.eval_on_selector("#body", "field => { field.dataset.limit = 20000; }")
    send(alice, "y" * 10_001)
    expect(alice.get_by_text("of 10000 characters")).to_be_visible()
    alice.goto(f"{scene.server.url}/profile/")
    alice.get_by_role("button", name="Sign out").click()
    alice.get_by_role("button", name="Stay signed in").click()
    assert stored(alice) == 1
    alice.get_by_role("button", name="Sign out", exact=True).click()
    alice.get_by_role("button", name="Discard and sign out").click()
    alice.wait_for_url("**/accounts/login/**")
    assert stored(alice) == 0


def test_each_refusal_says_why_keeps_the_text_and_the_order(arrange) -> None:
    """Over HTTP, as without a socket. The answers are made up one after the other, then the server's own follow."""
    scene = arrange()
    bob = live(scene.open("bob"))
    alice = scene.open("alice", "/people/")
    alice.context.route_web_socket("**/live/**", lambda ours: ours.close(code=1011))
    hour = {"Retry-After": "3600"}
    answers: list[dict[str, Any]] = [
        {"status": 409, "body": "Taken by another one."},
        {"status": 413, "body": "Larger than the server takes."},
        {"status": 403, "body": "Not for you to write here."},
        {"status": 429, "body": "Not so fast.", "headers": {"Retry-After": "1"}},
        # More often than messages that merely failed.
        *({"status": 507, "body": "No space left.", "headers": {"Retry-After": "1"}} for _ in range(4)),
    ]

    def answer(route: Route) -> None:
        if route.request.method != "POST" or not answers:
            route.fallback()
            return
        made = answers.pop(0)
        headers = {"Chat-Answer": "1", "Content-Type": "text/plain"} | made.pop("headers", {})
        route.fulfill(**made, headers=headers)

    alice.context.route("**/messages/", answer)
    alice.goto(scene.url)
    for word in ("One", "Two", "Three", "Four"):
        send(alice, word)
    for reason in ("Taken by another one.", "Larger than the server takes.", "Not for you to write here."):
        expect(alice.get_by_text(reason)).to_be_visible()
    expect(bob.locator("#messages .message__text")).to_have_text(["Four"], timeout=20_000)
    answers.append({"status": 429, "body": "Slow mode.", "headers": hour})
    send(alice, "Five")
    send(alice, "Six")
    expect(alice.get_by_text("Slow mode. It will be sent at")).to_be_visible()
    expect(alice.locator(PENDING)).to_have_count(2)
    discard(alice.locator(PENDING).first)
    alice.goto(f"{scene.server.url}/people/")
    alice.get_by_role("button", name="3 messages were not sent").click()
    dialog = alice.get_by_role("dialog", name="Not sent")
    expect(dialog.get_by_text(scene.name)).to_have_count(3)
    for left in (2, 1, 0):
        dialog.get_by_role("button", name="Try again").first.click()
        expect(dialog.get_by_role("listitem")).to_have_count(left)
    expect(alice.get_by_role("button", name="was not sent")).to_be_hidden()
    expect(bob.locator("#messages .message[data-seq]")).to_have_count(5)
    assert texts(bob)[:2] == ["Four", "Six"]
    assert set(texts(bob)) == {"One", "Two", "Three", "Four", "Six"}
    expect(alice.get_by_text("Five", exact=True)).to_have_count(0)


def test_while_a_part_of_the_workspace_is_away_it_is_tried_again_for_as_long_as_it_takes(arrange) -> None:
    """With its own id, and a calm notice. After an error that is no outage, the message is set aside after four tries."""
    scene = arrange()
    bob = live(scene.open("bob"))
    alice = scene.open("alice", "/people/")
    alice.clock.install()
    wrong: list[int | None] = [1]  # the answer to posts: retry after so many seconds; None: an error
    tries: list[str] = []

    def line(ours: WebSocketRoute) -> None:
        theirs = ours.connect_to_server()

        def pass_on(message: str | bytes) -> None:
            frame = json.loads(message)
            if frame["type"] == "post" and wrong:
                tries.append(frame["id"])
                ours.send(json.dumps({"type": "failed", "id": frame["id"], "retry_after": wrong[0]}))
            else:
                theirs.send(message)

        ours.on_message(pass_on)

    def elsewhere(route: Route) -> None:
        """Over HTTP, since the page's clock leaps and a beat is soon overdue: then it drops a socket and its answers."""
        if route.request.method == "POST" and wrong:
            tries.append(parse_qs(route.request.post_data or "")["id"][0])
            route.fulfill(status=503 if wrong[0] else 500)
        else:
            route.fallback()

    alice.context.route_web_socket("**/live/**", line)
    alice.context.route("**/messages/", elsewhere)
    alice.goto(scene.url)
    live(alice)
    send(alice, "Held up")
    waits = alice.get_by_text("Your message will be sent as soon as it is back")
    hurry(alice, lambda: waits.is_visible() and len(tries) > 4)
    expect(alice.locator(PENDING).get_by_role("button", name="Discard")).to_be_visible()
    wrong.clear()
    hurry(alice, lambda: texts(bob) == ["Held up"])
    expect(alice.locator(PENDING)).to_have_count(0)
    assert len(set(tries)) == 1
    wrong.append(None)
    tries.clear()
    send(alice, "Broken")
    hurry(alice, lambda: alice.get_by_text("Not sent. The server did not respond.").is_visible())
    assert 4 <= len(tries) <= 8  # each in one way or in both
    tried = len(tries)
    alice.clock.run_for(20_000)
    assert len(tries) == tried  # it was set aside
    assert len(set(tries)) == 1
    wrong.clear()
    alice.locator("#messages").get_by_role("button", name="Try again").click()
    hurry(alice, lambda: texts(bob) == ["Held up", "Broken"])


def hurry(page: Page, there: Callable[[], Any]) -> None:
    """Advance the page's clock until a condition is true. Not faster: an answer in real time has 15 s of this clock."""
    for _ in range(300):
        if there():
            return
        page.clock.fast_forward(500)
        page.wait_for_timeout(50)
    raise AssertionError("it never came")


def test_a_week_in_a_drawer_and_the_person_who_borrowed_the_laptop(arrange) -> None:
    scene = arrange()
    bob = live(scene.open("bob"))
    alice = live(scene.open("alice"))
    me = alice.locator("body").get_attribute("data-me")
    context = alice.context
    week_old = f"{int(time.time() * 1000) - 7 * 86_400_000:012x}"
    alice.evaluate(
        """(item) => new Promise((resolve) => {
            const asked = indexedDB.open("hypertalk");
            asked.onsuccess = () => {
                const kept = asked.result.transaction("outbox", "readwrite");
                kept.objectStore("outbox").put(item);
                kept.oncomplete = () => { asked.result.close(); resolve(); };
            };
        })""",
        {
            "id": f"{week_old[:8]}-{week_old[8:]}-7abc-8abc-{uuid.uuid4().hex[:12]}",
            "person": me,
            "room": scene.room,
            "url": f"{scene.url}messages/",
            "body": "From last week",
            "failed": "",
            "note": "",
        },
    )
    alice.close()
    for whose in ("bob", "alice"):
        context.clear_cookies()
        context.add_cookies([{"name": "sessionid", "value": scene.sessions[whose], "url": scene.server.url}])
        page = context.new_page()
        page.goto(scene.url)
        live(page)
        if whose == "bob":
            expect(page.locator("#messages .message")).to_have_count(0)
            assert stored(page) == 1
            page.close()
    expect(bob.locator("#messages .message__text")).to_have_text(["From last week"])


def test_where_nothing_can_be_kept_one_is_asked_before_leaving(arrange) -> None:
    scene = arrange()
    alice = scene.open("alice", "/people/")
    alice.context.add_init_script("Object.defineProperty(window, 'indexedDB', { value: undefined })")
    alice.context.route("**/draft/", lambda route: route.abort())
    alice.goto(scene.url)
    live(alice)
    alice.type("#body", "Nowhere but here")
    with alice.expect_event("dialog") as asked:
        alice.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    expect(alice.locator("#body")).to_have_value("Nowhere but here")
    alice.press("#body", "Enter")
    expect(alice.locator("#messages .message[data-seq]")).to_have_count(1)


def test_a_page_left_open_says_nothing_in_the_name_of_who_signs_in_next(arrange) -> None:
    """Both are in the room. Alice's laptop slept, her session ended, and Bob signed in on it in another tab."""
    scene = arrange()
    bob, alice = live(scene.open("bob")), scene.open("alice", "/people/")
    context, lines, asleep = alice.context, [], False

    def line(ours: WebSocketRoute) -> None:
        if asleep:
            ours.close()
        else:
            lines.append((ours, ours.connect_to_server()))

    alice.route_web_socket(re.compile("/live/"), line)
    alice.goto(scene.url)
    live(alice)
    context.set_offline(True)
    asleep = True
    for ends in lines:
        for end in ends:
            end.close()
    expect(alice.locator("#connection")).to_be_visible()
    send(alice, "Sent by Alice")
    expect(alice.locator(PENDING)).to_have_count(1)
    alice.fill("#body", "Half said by Alice")
    until(alice, lambda: stored(alice) == 1)

    sign_in_as(context, scene, "bob")
    asleep = False
    context.set_offline(False)
    expect(alice.locator("body")).to_have_attribute("data-me", bob.locator("body").get_attribute("data-me"))
    live(alice)
    expect(alice.locator("#body")).to_have_value("")  # it is Bob's page now
    counted = "print('SAID', *(kind.objects.filter(room='%s').count() for kind in (Message, Draft)))"
    assert "SAID 0 0" in scene.do(counted % scene.room)

    sign_in_as(context, scene, "alice")
    alice.goto(scene.url)
    expect(bob.locator("#messages .message__text")).to_have_text(["Sent by Alice"])
    expect(alice.locator("#body")).to_have_value("Half said by Alice")


def sign_in_as(context: BrowserContext, scene: Scene, name: str) -> None:
    """As another tab does it: the session is new, and so is the CSRF token."""
    session = {"name": "sessionid", "value": scene.sessions[name], "url": scene.server.url}
    context.add_cookies([session, {"name": "csrftoken", "value": uuid.uuid4().hex, "url": scene.server.url}])
