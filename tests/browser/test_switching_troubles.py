"""The page shows another room while something is slow, fails or changes: nothing is lost, and nothing stays too long."""

import re

from playwright.sync_api import Locator, Page, Route, WebSocketRoute, expect

from tests.browser.held import is_any
from tests.browser.scene import Scene, live, send, texts, until
from tests.browser.switches import OTHER, go, hold, mark, of_pages, of_parts, stayed

OF_OTHER = ["Other 0", "Other 1", "Other 2"]
MEMBER = """
other = Room.objects.get(name="other-{name}")
alice, bob = (Person.objects.get(user__email=f"{{name}}@example.com") for name in ("alice", "bob"))
"""
LEAVES = MEMBER + "actions.remove_member(bob, other.pk, other.members.get(person=alice).pk)"
COMES = MEMBER + "actions.add_member(bob, other.pk, alice.username)"


def elsewhere(scene: Scene, code: str) -> None:
    """Another process does it, and nobody tells the one of the pages."""
    scene.do(code.format(name=scene.name))


def sign_in(where: Page | Locator) -> None:
    where.get_by_label("Email").fill("alice@example.com")
    where.get_by_label("Password").fill("talk-to-me")
    where.get_by_role("button", name="Sign in", exact=True).click()


# What is written into the outbox is reported when `written` is called.
SLOW_DISK = """() => {
    const listen = IDBTransaction.prototype.addEventListener;
    const disk = new Promise((resolve) => { window.written = resolve; });
    IDBTransaction.prototype.addEventListener = function (kind, work, ...rest) {
        const late = kind === "complete" && this.mode === "readwrite" && this.objectStoreNames.contains("outbox");
        return listen.call(this, kind, late ? () => disk.then(work) : work, ...rest);
    };
}"""
STRANGER = """
from django.contrib.auth import get_user_model
user = get_user_model().objects.create_user(f"dora-{room.name}@example.com")
actions.ensure_person(user, f"Dora {room.name[::-1]}")
"""


def test_keys_are_for_the_room_that_comes_also_from_the_switcher_and_from_going_back(arrange) -> None:
    scene: Scene = arrange(OTHER + STRANGER)
    alice = live(scene.open("alice"))
    body = alice.locator("#body")
    mark(alice)
    alice.keyboard.type("Half a thought")
    held = hold(alice)
    alice.keyboard.press("Control+k")
    alice.keyboard.type(f"other-{scene.name}")
    alice.keyboard.press("Enter")
    alice.keyboard.type("by keys alone")
    expect(body).to_be_focused()
    expect(body).to_have_value("by keys alone")
    held.end()
    expect(alice.locator("#messages .message__text")).to_have_text(OF_OTHER)
    alice.evaluate(SLOW_DISK)
    alice.keyboard.press("Enter")
    expect(alice.locator("#messages .message__text").last).to_have_text("by keys alone")
    alice.go_back()  # the room is warm
    alice.evaluate(
        "() => window.written()"
    )  # what was sent in the other room is on the disk now, and no draft
    alice.keyboard.type(" goes on")
    expect(body).to_have_value("Half a thought goes on")
    alice.go_forward()
    alice.keyboard.type("Forth")
    expect(body).to_have_value("Forth")
    assert stayed(alice)

    alice.reload()  # the room before is cold
    live(alice)
    held = hold(alice)
    alice.go_back()
    alice.keyboard.type("!")
    until(alice, lambda: held.waiting)
    expect(body).to_have_value("Half a thought goes on!")
    held.end()
    expect(alice.locator("#messages .message__text").last).to_have_text("Here it began")
    expect(body).to_have_value("Half a thought goes on!")

    # To a person leads a whole page: what is typed until it is here is for nobody.
    held = hold(alice, "**/people/", of_pages)
    alice.keyboard.press("Control+k")
    alice.keyboard.type(f"@Dora {scene.name[::-1]}")
    expect(alice.get_by_role("option", name="Dora")).to_be_visible()
    alice.keyboard.press("Enter")
    alice.keyboard.type("To nobody\n")
    until(alice, lambda: held.waiting)
    held.end()
    expect(live(alice).locator("#room-title h1")).to_contain_text("Dora")
    expect(body).to_have_value("")
    go(alice, scene.name)
    expect(body).to_have_value("Half a thought goes on!")


def test_whatever_goes_wrong_the_browser_loads_the_page_and_what_was_typed_is_there(arrange) -> None:
    scene: Scene = arrange(OTHER)
    alice = scene.open("alice", "/people/")
    alice.clock.install()
    alice.goto(scene.url)
    live(alice)
    body, other = alice.locator("#body"), f"other-{scene.name}"

    def choose(name: str, words: str) -> None:
        mark(alice)
        go(alice, name)
        alice.keyboard.type(words)

    def loaded(last: str, words: str) -> None:
        expect(alice.locator("#messages .message__text").last).to_have_text(last)
        expect(body).to_have_value(words)
        expect(body).to_be_focused()
        assert not stayed(alice)

    # No answer at all.
    held = hold(alice)
    choose(other, "one")
    until(alice, lambda: held.waiting)
    held.let_go(Route.abort)
    held.end()
    loaded("Other 2", "one")

    # Slow. What is typed while the browser loads the page goes along; whatever is chosen meanwhile is loaded instead.
    held = hold(live(alice), which=of_pages)
    choose(scene.name, "two")
    until(alice, lambda: len(held.waiting) == 1)
    alice.clock.fast_forward(8000)
    until(alice, lambda: len(held.waiting) == 2)
    alice.keyboard.type(" and more")
    held.end()
    loaded("Here it began", "two and more")
    held = hold(live(alice), which=of_pages)
    choose(other, "!")
    until(alice, lambda: len(held.waiting) == 1)
    alice.clock.fast_forward(8000)
    until(alice, lambda: len(held.waiting) == 2)
    alice.keyboard.press("Control+k")  # keys do not wait for the page, as a locator would
    alice.keyboard.type(f"{scene.name}\n!")
    until(alice, lambda: len(held.waiting) == 3)
    held.end()
    loaded("Here it began", "two and more!")
    expect(alice).to_have_url(scene.url)

    # The session ended.
    held = hold(live(alice))
    choose(other, " three")
    until(alice, lambda: held.waiting)
    alice.context.clear_cookies()
    held.end()
    sign_in(alice)
    loaded("Other 2", "one! three")

    # The room is gone, as the plain link says; and the words are there when it is back.
    go(live(alice), scene.name)
    expect(body).to_have_value("two and more!")
    alice.reload()
    held = hold(live(alice))
    choose(other, " four")
    until(alice, lambda: held.waiting)
    elsewhere(scene, LEAVES)
    held.end()
    expect(alice.locator("#body")).to_have_count(0)
    expect(alice).to_have_url(re.compile(f"/rooms/(?!{scene.room})"))
    alice.go_back()
    expect(body).to_have_value("two and more!")
    assert texts(alice) == ["Here it began"]
    elsewhere(scene, COMES)
    alice.go_forward()
    loaded("Other 2", "one! three four")


def test_what_waits_in_one_room_is_sent_once_and_to_it_though_another_is_shown(arrange) -> None:
    scene: Scene = arrange(OTHER)
    alice, other = scene.open("alice"), f"other-{scene.name}"
    unanswered: list[WebSocketRoute] = []
    away: list[bool] = []

    def relay(ours: WebSocketRoute) -> None:
        theirs = ours.connect_to_server()
        ours.on_message(lambda text: None if away else theirs.send(text))

        def answered(text: str | bytes) -> None:
            if '"posted"' in str(text) and not unanswered:
                unanswered.append(ours)
            else:
                ours.send(text)

        theirs.on_message(answered)

    alice.route_web_socket(re.compile("/live/"), relay)
    alice.reload()
    live(alice)
    mark(alice)
    words = alice.locator("#messages .message__text")
    pending = alice.locator("#messages .message[data-state=pending]")
    go(alice, other)
    expect(words).to_have_text(OF_OTHER)
    go(alice, scene.name)
    send(alice, "Sent, and not answered")
    until(alice, lambda: unanswered)
    go(alice, other)
    send(alice, "To the other")
    expect(words).to_have_text([*OF_OTHER, "To the other"])
    unanswered[0].close(code=1012)  # it is sent again, and may not be there twice
    live(alice)
    away.append(True)
    alice.context.set_offline(True)
    go(alice, scene.name)
    send(alice, "From the tunnel")
    expect(pending).to_contain_text(["From the tunnel"])
    go(alice, other)
    expect(words.last).to_have_text("To the other")
    go(alice, scene.name)
    expect(pending).to_contain_text(["From the tunnel"])
    go(alice, other)
    rows = f"Message.objects.filter(room='{scene.room}').order_by('seq')"
    sent = f"print({rows}.values_list('body', flat=True))"
    away.clear()
    alice.context.set_offline(False)
    until(alice, lambda: "From the tunnel" in scene.do(sent))
    expect(words).to_have_text([*OF_OTHER, "To the other"])
    go(alice, scene.name)
    in_order = ["Here it began", "Sent, and not answered", "From the tunnel"]
    expect(words).to_have_text(in_order)
    expect(pending).to_have_count(0)
    assert str(in_order) in scene.do(sent)
    assert stayed(alice)


POST = """async ([room, texts]) => {
    const token = document.cookie.match(/csrftoken=([^;]+)/)[1];
    for (const body of texts) {
        const fields = new URLSearchParams({ id: crypto.randomUUID(), body });
        const headers = { "HX-Request": "true", "X-CSRFToken": token };
        await fetch(`/rooms/${room}/messages/`, { method: "POST", body: fields, headers });
    }
}"""


def test_a_warm_room_is_there_without_an_answer_and_says_once_what_came_meanwhile(arrange) -> None:
    scene: Scene = arrange(OTHER)
    alice, bob = live(scene.open("alice")), live(scene.open("bob", "/rooms/"))
    other = f"other-{scene.name}"
    mark(alice)
    words, heard = alice.locator("#messages .message__text"), alice.locator("#heard p")
    news = alice.locator(f".place-row:has-text('{other}') .place__last")
    go(alice, other)
    expect(words).to_have_text(OF_OTHER)
    room = alice.url.rstrip("/").rpartition("/")[2]
    go(alice, scene.name)
    expect(words).to_have_text(["Here it began"])
    for come in ([f"Meanwhile {n}" for n in range(30)], ["And one more"]):
        bob.evaluate(POST, [room, come])
        expect(news).to_contain_text(come[-1])
        alice.route(
            "**/rooms/*/", lambda route: route.abort() if of_parts(route.request) else route.fallback()
        )
        before = [*OF_OTHER, *(f"Meanwhile {n}" for n in range(30) if len(come) == 1)]
        held = hold(alice, re.compile("/changes/"), is_any)
        go(alice, other)
        expect(alice.locator("#said")).to_contain_text(other)
        until(alice, lambda held=held: held.waiting)
        assert texts(alice) == before
        held.end()
        alice.unroute_all()
        expect(words).to_have_text([*before, *come])
        # One sentence for many; a screen reader would still be reading them when the next ones come.
        expect(heard).to_have_text(
            [f"{len(come)} new messages"] if len(come) > 1 else [re.compile("And one more")]
        )
        go(alice, scene.name)
        expect(heard).to_have_count(0)
    assert stayed(alice)


def test_nothing_stays_of_a_room_that_left_the_list_or_of_any_when_the_session_ends(arrange) -> None:
    scene: Scene = arrange(OTHER)
    alice, other = live(scene.open("alice")), f"other-{scene.name}"
    asked: list[str] = []
    alice.on(
        "request",
        lambda request: asked.append(request.url) if of_parts(request) else None,
    )
    mark(alice)
    words, row = alice.locator("#messages .message__text"), alice.locator(f".place-row:has-text('{other}')")

    def there_and_back(requests: int) -> None:
        go(alice, other)
        expect(words).to_have_text(OF_OTHER)
        go(alice, scene.name)
        expect(words).to_have_text(["Here it began"])
        assert len(asked) == requests

    there_and_back(1)
    there_and_back(1)
    for what, rows in ((LEAVES, 0), (COMES, 1)):
        elsewhere(scene, what)
        alice.evaluate(
            "() => dispatchEvent(new Event('online'))"
        )  # the page connects again, and asks for the list
        expect(row).to_have_count(rows)
    there_and_back(2)
    there_and_back(2)
    alice.fill("#body", "Half a thought")
    alice.context.clear_cookies()
    alice.evaluate("() => dispatchEvent(new Event('online'))")
    sign_in(alice.get_by_role("dialog", name="Sign in again"))
    live(alice)
    there_and_back(3)
    expect(alice.locator("#body")).to_have_value("Half a thought")
    assert stayed(alice)
