"""Another room is shown in the page that stays."""

import contextlib
import re

from playwright.sync_api import WebSocketRoute, expect

from tests.browser.held import is_any
from tests.browser.scene import DESK, PHONE, Scene, live, send, texts, until
from tests.browser.switches import OTHER, go, hold, mark, row, stayed


def test_a_click_shows_the_other_room_and_going_back_the_first(arrange) -> None:
    scene: Scene = arrange(OTHER)
    alice, bob = live(scene.open("alice")), live(scene.open("bob"))
    mark(alice)
    go(alice, f"other-{scene.name}")
    expect(alice.locator("#messages .message__text")).to_have_text(["Other 0", "Other 1", "Other 2"])
    expect(alice).to_have_title(re.compile(f"other-{scene.name} · "))
    expect(alice.locator("#room-title h1")).to_have_text(f"other-{scene.name}")
    expect(alice.locator("#body")).to_be_focused()
    expect(alice.locator("#body")).to_have_attribute("placeholder", f"Message #other-{scene.name}")
    expect(alice.locator(".place[aria-current] .place__name")).to_have_text(f"other-{scene.name}")
    send(bob, "Meanwhile in the first")
    expect(alice.locator(row(alice, scene.name)).locator(".badge")).to_have_text("1")
    go(bob, f"other-{scene.name}")
    send(bob, "Live in the second")
    expect(alice.locator("#messages .message__text").last).to_have_text("Live in the second")
    alice.go_back()
    expect(alice.locator("#messages .message__text").last).to_have_text("Meanwhile in the first")
    expect(alice).to_have_url(scene.url)
    send(alice, "From the first")
    send(bob, "From the second")
    go(bob, scene.name)
    expect(bob.locator("#messages .message__text").last).to_have_text("From the first")
    alice.go_forward()
    expect(alice.locator("#messages .message__text").last).to_have_text("From the second")
    assert stayed(alice)


def test_what_is_typed_from_the_click_on_is_for_the_other_room(arrange) -> None:
    scene: Scene = arrange(OTHER)
    alice = live(scene.open("alice"))
    mark(alice)
    alice.locator("#body").press_sequentially("Half a thought")
    held = hold(alice)
    go(alice, f"other-{scene.name}")
    alice.keyboard.type("to other at once")
    until(alice, lambda: held.waiting)
    expect(alice.locator("#body")).to_have_value("to other at once")
    held.end()
    alice.keyboard.press("Enter")
    expect(alice.locator("#messages .message__text").last).to_have_text("to other at once")
    assert texts(alice)[-2:] == ["Other 2", "to other at once"]
    go(alice, scene.name)
    expect(alice.locator("#body")).to_have_value("Half a thought")
    assert "to other at once" not in texts(alice)
    assert stayed(alice)


def test_on_a_phone_the_list_and_its_rooms_take_turns(arrange) -> None:
    scene: Scene = arrange(OTHER)
    phone = live(scene.open("alice", "/rooms/", viewport=PHONE, has_touch=True, is_mobile=True))
    mark(phone)
    phone.locator(row(phone, f"other-{scene.name}")).tap()
    expect(phone.locator("#messages .message__text").last).to_have_text("Other 2")
    expect(phone.locator(".sidebar")).to_be_hidden()
    phone.get_by_role("link", name="Back to rooms").tap()
    expect(phone.locator(".sidebar")).to_be_visible()
    expect(phone).to_have_url(re.compile("/rooms/$"))
    phone.locator(row(phone, scene.name)).tap()
    expect(phone.locator("#messages .message__text").last).to_have_text("Here it began")
    phone.locator("#body").fill("Half a thought")
    for name, last, draft in (
        (f"other-{scene.name}", "Other 2", ""),
        (scene.name, "Here it began", "Half a thought"),
    ):
        phone.get_by_role("link", name="Back to rooms").tap()
        phone.locator(row(phone, name)).tap()  # both are warm
        expect(phone.locator("#messages .message__text").last).to_have_text(last)
        expect(phone.locator("#body")).to_have_value(draft)
        expect(phone.locator("#room-title h1")).to_have_text(name)
        expect(phone).to_have_title(re.compile(f"{name} · "))
    assert stayed(phone)


MORE = """
made = [actions.create_room(alice, name=f"{room.name}-{n}", topic="", kind="closed") for n in range(14)]
for each in made:
    actions.post_message(alice, each.pk, id=uuid4(), body=f"In {each.name}")
"""
# Switches one after the other, each when the room before is shown. Each third goes back to a room that is still warm.
ROUNDS = """async ([ids, times]) => {
    const shows = (id) => document.querySelector("#messages > .message[data-seq]")?.dataset.room === id;
    for (let n = 0; n < times; n += 1) {
        const id = ids[(n % 3 === 2 ? n - 2 : n) % ids.length];
        document.getElementById(`go-${id}`).click();
        while (!shows(id)) await new Promise(requestAnimationFrame);
    }
}"""
# Timers that are set, and not yet cleared or over.
TIMERS = """
const timers = new Set();
window.timers = timers;
for (const kind of ["Timeout", "Interval"]) {
    const set = window[`set${kind}`].bind(window);
    const clear = window[`clear${kind}`].bind(window);
    window[`set${kind}`] = (work, wait, ...values) => {
        const id = set((...all) => { if (kind === "Timeout") timers.delete(id); work(...all); }, wait, ...values);
        timers.add(id);
        return id;
    };
    window[`clear${kind}`] = (id) => { timers.delete(id); clear(id); };
}
"""


def test_three_hundred_switches_leave_nothing_behind(arrange) -> None:
    scene: Scene = arrange(MORE)
    alice = scene.open("alice", "/rooms/")
    alice.add_init_script(TIMERS)
    alice.reload()
    live(alice)
    names = [f"{scene.name}-{n}" for n in range(14)]
    ids = [alice.locator(f".place-row:has({row(alice, name)})").get_attribute("data-room") for name in names]
    devtools = alice.context.new_cdp_session(alice)
    devtools.send("Performance.enable")

    def left() -> dict[str, float]:
        devtools.send("HeapProfiler.collectGarbage")
        found = {each["name"]: each["value"] for each in devtools.send("Performance.getMetrics")["metrics"]}
        return {name: found[name] for name in ("Nodes", "JSEventListeners")} | {
            "timers": alice.evaluate("() => window.timers.size")
        }

    def grown() -> dict[str, float]:
        """Requests and timers of the last switches may not be over yet; a leak stays."""
        return {name: more for name, value in left().items() if (more := value - before[name]) > 0}

    alice.evaluate(ROUNDS, [ids, 2 * len(ids)])  # until as many rooms are warm as stay so
    with alice.expect_response("**/rooms/") as listed:  # the first list that comes brings its own listeners
        alice.evaluate("() => window.htmx.trigger(document.body, 'rooms-changed')")
    listed.value.finished()
    alice.wait_for_function("() => window.timers.size <= 20")
    before = left()
    alice.evaluate(ROUNDS, [ids, 300])
    with contextlib.suppress(AssertionError):
        until(alice, lambda: not grown())
    assert grown() == {}


def test_what_is_written_goes_into_the_shown_room_though_the_server_shows_another(arrange) -> None:
    """An older process knows only the room with which the page came."""
    scene: Scene = arrange(OTHER)
    alice = scene.open("alice")

    def relay(ours: WebSocketRoute) -> None:
        theirs = ours.connect_to_server()
        ours.on_message(lambda text: None if '"show"' in str(text) else theirs.send(text))

    alice.route_web_socket(re.compile("/live/"), relay)
    alice.reload()
    live(alice)
    for name, last in ((f"other-{scene.name}", "Other 2"), (scene.name, "Here it began")) * 2:
        go(alice, name)
        expect(alice.locator("#messages .message__text").last).to_have_text(last)
    go(alice, f"other-{scene.name}")  # warm: no request tells the server
    words = f"Into the other of {scene.name}"
    send(alice, words)
    sent = alice.locator("#messages .message:not([data-state]) .message__text").last
    expect(sent).to_have_text(words)
    found = scene.do(f"print('IN', Message.objects.get(body={words!r}).room.name)")
    assert f"IN other-{scene.name}" in found


def test_a_link_to_a_message_of_another_room_leads_there(arrange) -> None:
    scene: Scene = arrange(
        OTHER
        + """
there = actions.post_message(bob, other.pk, id=uuid4(), body="The one that counts").message
say(bob, f"See /messages/{there.pk}/ or [this one](http://localhost/messages/{there.pk}/)")
"""
    )
    alice = live(scene.open("alice"))
    mark(alice)
    link = alice.evaluate(
        """() => {
            const link = document.querySelector("#messages .message__text a[href*='/messages/']");
            link.href = new URL(new URL(link.href).pathname, location.href).href;
            return link.href;
        }"""
    )
    body = alice.locator("#body")
    for size in (DESK, PHONE):
        alice.set_viewport_size(size)
        body.fill("Half a thought")
        # First the room says that it has no such message. What is typed until then is for the room that has it, and waits.
        asked = hold(alice, "**/messages/?around=*", is_any)
        # With a mouse nothing covers what it points at, in a narrow window either.
        alice.locator(f"#messages .message__text a[href='{link}']").click()
        alice.keyboard.type("So do\n")
        until(alice, lambda asked=asked: asked.waiting)
        expect(body).to_have_value("Half a thoughtSo do")
        there = hold(alice, "**/messages/*/")
        asked.end()
        until(alice, lambda there=there: there.waiting)
        expect(body).to_have_value("So do")
        alice.keyboard.type(" I")
        there.end()
        marked = alice.locator("#messages .message[data-marked] .message__text")
        expect(marked).to_have_text("The one that counts")
        expect(marked).to_be_in_viewport()
        expect(alice).to_have_url(re.compile(r"/rooms/[^/]+/\?at=\d+"))
        expect(body).to_be_focused()  # and not the message: who writes goes on
        expect(body).to_have_value("So do I")
        body.fill("")
        alice.go_back()
        expect(alice.locator("#messages .message__text").last).to_contain_text("See /messages/")
        expect(body).to_have_value("Half a thought")
    assert stayed(alice)


def test_who_lost_a_room_meanwhile_is_told_so_and_goes_on(arrange) -> None:
    scene: Scene = arrange(OTHER)
    alice = live(scene.open("alice"))
    mark(alice)
    go(alice, f"other-{scene.name}")
    expect(alice.locator("#messages .message__text").last).to_have_text("Other 2")
    scene.do(
        f"""
other = Room.objects.get(name="other-{scene.name}")
alice, bob = (Person.objects.get(user__email=f"{{name}}@example.com") for name in ("alice", "bob"))
actions.remove_member(bob, other.pk, other.members.get(person=alice).pk)
"""
    )
    # Nobody told this process: it asks again by itself.
    lost = alice.get_by_role("heading", name="You are no longer in this room")
    expect(lost).to_be_visible(timeout=40_000)
    expect(alice.locator("#messages .message")).to_have_count(0)
    go(alice, scene.name)
    expect(alice.locator("#messages .message__text").last).to_have_text("Here it began")
    expect(lost).to_be_hidden()
    send(alice, "Still here")
    expect(alice.locator("#messages .message__text").last).to_have_text("Still here")
    assert stayed(alice)
