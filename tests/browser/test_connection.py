"""The state of the connection: blocked, asleep, captive portal. The page shows it calmly, and people go on talking."""

import re

from playwright.sync_api import Page, Route, WebSocketRoute, expect

from tests.browser.looking import take
from tests.browser.scene import Scene, live, send, texts, until

SOCKET = re.compile("/live/")
BANNER = "#connection"
COUNTED = """
    window.ended = 0;
    window.WebSocket = class extends WebSocket {
        constructor(...given) {
            super(...given);
            this.addEventListener("close", () => { ended += 1; });
        }
    };
"""


def told(page: Page, words: str) -> None:
    """Visible, not only in the document: the banner contains all its sentences."""
    expect(page.locator(BANNER).get_by_text(words)).to_be_visible(timeout=20_000)


def open_without_sockets(scene: Scene, name: str) -> Page:
    page = scene.open(name, "/people/")
    page.context.route_web_socket(SOCKET, lambda ours: ours.close(code=1011))
    page.goto(scene.url)
    return page


def test_two_people_talk_where_sockets_are_blocked(arrange, pictures) -> None:
    scene: Scene = arrange()
    alice, bob = (open_without_sockets(scene, name) for name in ("alice", "bob"))
    for page in (alice, bob):
        told(page, "Live updates are blocked here")
    send(alice, "By asking only")
    expect(bob.get_by_text("By asking only").last).to_be_visible(timeout=10_000)
    send(bob, "So it is")
    expect(alice.get_by_text("So it is").last).to_be_visible(timeout=10_000)
    assert texts(alice) == texts(bob) == ["By asking only", "So it is"]
    expect(alice.locator("[data-state]")).to_have_count(0)
    with alice.expect_response(lambda answer: "/beat/" in answer.url and answer.status == 304):
        pass  # without news the answer is empty
    take(alice, pictures / "connection-blocked.png")
    alice.set_viewport_size({"width": 390, "height": 844})
    take(alice, pictures / "connection-blocked-phone.png")
    # The proxy works again: the next socket gets through.
    alice.context.route_web_socket(SOCKET, lambda ours: ours.connect_to_server())
    alice.evaluate("() => dispatchEvent(new Event('online'))")
    live(alice)
    told(alice, "nothing was missed")
    expect(alice.locator(BANNER)).to_be_hidden()


def test_a_line_that_swallows_what_it_is_given_is_noticed_within_a_beat(arrange) -> None:
    scene: Scene = arrange()
    alice = scene.open("alice", "/people/")
    alice.clock.install()
    alice.context.route_web_socket(SOCKET, lambda ours: None)  # accepted, and never answered
    alice.goto(scene.url)
    alice.clock.run_for(11_000)
    with alice.expect_response(re.compile("/beat/")):
        alice.clock.run_for(6000)


def test_a_laptop_that_wakes_looks_at_once(arrange) -> None:
    scene: Scene = arrange()
    opened: list[str] = []
    alice = scene.open("alice", "/people/")
    alice.clock.install()
    alice.on("websocket", lambda socket: opened.append(socket.url))
    alice.goto(scene.url)
    live(alice)
    assert len(opened) == 1
    alice.clock.fast_forward(3_600_000)  # like a closed lid: each timer fires once, late
    until(alice, lambda: len(opened) == 2)
    live(alice)


def test_a_short_outage_says_nothing_and_a_long_one_says_when_it_is_over(arrange) -> None:
    scene: Scene = arrange()
    alice = live(scene.open("alice"))
    seen = "() => window.told = [...(window.told ?? []), document.getElementById('connection').hidden]"
    alice.evaluate(
        f"() => new MutationObserver({seen}).observe(document.getElementById('connection'), {{attributes: true}})"
    )
    alice.evaluate("() => dispatchEvent(new Event('online'))")  # another network: a new socket, at once
    live(alice)
    assert not alice.evaluate("() => window.told ?? []")
    alice.context.set_offline(True)
    told(alice, "You are offline")
    alice.context.set_offline(False)
    told(alice, "nothing was missed")
    alice.evaluate(
        "() => new Promise(done => { addEventListener('live', done); dispatchEvent(new Event('online')); })"
    )
    expect(alice.locator(BANNER)).to_be_hidden()  # also if the connection comes back before that ended


def test_a_network_that_asks_to_sign_in_first_is_not_taken_for_the_server(arrange, pictures) -> None:
    scene: Scene = arrange()
    alice, bob = live(scene.open("alice")), live(scene.open("bob"))

    def portal(route: Route) -> None:
        route.fulfill(status=200, content_type="text/html", body="<h1>Welcome to the hotel</h1>")

    alice.context.route_web_socket(SOCKET, lambda ours: ours.close(code=1011))
    alice.context.route(re.compile(scene.server.url), portal)
    alice.evaluate("() => dispatchEvent(new Event('online'))")
    told(alice, "asks you to sign in first")
    take(alice, pictures / "connection-captive.png")
    send(alice, "Written in the lobby")
    expect(alice.locator(".message[data-state=pending]")).to_have_count(1)
    assert "hotel" not in alice.content()
    alice.context.route_web_socket(SOCKET, lambda ours: ours.connect_to_server())
    alice.get_by_role("button", name="Try again").click()
    live(alice)
    alice.context.unroute(re.compile(scene.server.url))
    expect(bob.get_by_text("Written in the lobby").last).to_be_visible(timeout=20_000)
    expect(alice.locator("[data-state]")).to_have_count(0)


def test_a_server_that_was_long_away_is_met_as_soon_as_anything_answers(arrange) -> None:
    scene: Scene = arrange()
    away, came = [True], []
    alice = scene.open("alice", "/people/")
    alice.clock.install()

    def meet(ours: WebSocketRoute) -> None:
        came.append(ours.url)
        if away:
            ours.close(code=1011)
        else:
            ours.connect_to_server()

    alice.context.route_web_socket(SOCKET, meet)
    alice.context.route(re.compile("/beat/"), lambda route: route.abort() if away else route.fallback())
    alice.add_init_script(COUNTED)
    alice.goto(scene.url)
    alice.clock.run_for(30_000)
    told(alice, "Connecting…")
    for _ in range(5):  # it retries every 22.5 s at the latest; the end of a socket arrives in real time
        until(alice, lambda: alice.evaluate("ended") >= len(came))
        before = len(came)
        alice.clock.run_for(22_500)
        until(alice, lambda: len(came) > before)  # noqa: B023 - asked at once
    came.clear()
    while not came:
        alice.clock.run_for(500)
    away.clear()  # and it has just tried
    alice.keyboard.press("Control+k")
    alice.keyboard.type("ferry")  # requests meanwhile are answered
    alice.clock.run_for(300)
    live(alice)
