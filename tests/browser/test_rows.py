"""Kinds of rows: a feature registers its own, and the page ignores those that only a newer release knows."""

import json
import re
from collections.abc import Callable

from playwright.sync_api import Page, Request, Route, WebSocketRoute, expect

from tests.browser.scene import Scene, live, send, texts, until
from tests.support.services import Daphne

CHANGES = re.compile(r"/changes/\?after=(\d+)")


def on_its_line(page: Page) -> Callable[[str], None]:
    """Reload the page; the returned function sends it a message over its socket, as the server would."""
    lines: list[WebSocketRoute] = []

    def relay(ours: WebSocketRoute) -> None:
        ours.connect_to_server()
        lines.append(ours)

    page.route_web_socket(re.compile("/live/"), relay)
    page.reload()
    live(page)
    return lines[-1].send


def questions(page: Page) -> list[int]:
    """The version that each catch-up request asks after, from now on."""
    asked: list[int] = []

    def note(request: Request) -> None:
        if found := CHANGES.search(request.url):
            asked.append(int(found[1]))

    page.on("request", note)
    return asked


def held(page: Page) -> int:
    return int(page.evaluate("document.body.dataset.held"))


def take_versions(scene: Scene, versions: int, seqs: int) -> None:
    """Like rows of a newer release."""
    scene.do(
        "from django.db.models import F\n"
        f"Room.objects.filter(pk='{scene.room}').update("
        f"version=F('version') + {versions}, last_seq=F('last_seq') + {seqs})"
    )


def test_rows_that_the_page_does_not_know_change_nothing_and_are_not_asked_for(arrange) -> None:
    scene = arrange("say(alice, 'First')")
    alice, bob = scene.open("alice"), live(scene.open("bob"))
    say_to_alice = on_its_line(alice)
    version, asked = held(alice), questions(alice)
    people = alice.locator("#members > *").count()

    take_versions(scene, 2, 1)
    say_to_alice(f'<section id="poll-1" data-version="{version + 1}">A poll</section>')
    say_to_alice(f'<li id="call-1" data-version="{version + 2}" data-seq="2">A call</li>')
    say_to_alice(json.dumps({"type": "presence", "person": 1, "here": True}))
    send(bob, "Second")
    expect(alice.locator("#messages .message[data-seq='3']")).to_have_text(re.compile("Second"))

    # The page holds everything: a current beat requests nothing, a later one requests changes from there on.
    beat = {"type": "beat", "room": scene.room, "version": version + 3}
    say_to_alice(json.dumps(beat))
    with alice.expect_request(CHANGES):
        say_to_alice(json.dumps(beat | {"version": version + 4}))
    assert asked == [version + 3]
    assert texts(alice) == ["First", "Second"]
    assert alice.locator("#members > *").count() == people
    expect(alice.locator("#poll-1, #call-1")).to_have_count(0)


def test_they_come_with_catch_up_and_when_the_page_starts_over_and_change_nothing_either(arrange) -> None:
    scene = arrange("say(alice, 'First')")
    alice = scene.open("alice")
    say_to_alice = on_its_line(alice)
    version, asked = held(alice), questions(alice)
    poll = '<section id="poll-1" data-version="{}">A poll</section>'
    call = '<li id="call-1" data-version="{}" data-seq="2">A call</li>'

    def of_a_newer_server(route) -> None:
        answer = route.fetch()
        now = int(answer.headers["chat-version"])
        route.fulfill(response=answer, body=(poll + call).format(now, now) + answer.text())

    alice.route(CHANGES, of_a_newer_server)
    for more, start_over in ((2, False), (600, True)):
        take_versions(scene, more, 0)
        version += more
        with alice.expect_response(CHANGES) as answered:
            say_to_alice(json.dumps({"type": "beat", "room": scene.room, "version": version}))
        assert ("chat-start-over" in answered.value.headers) is start_over
    with alice.expect_request(CHANGES):
        say_to_alice(json.dumps({"type": "beat", "room": scene.room, "version": version + 1}))
    assert asked == [version - 602, version - 600, version]
    assert texts(alice) == ["First"]
    expect(alice.locator("#members > *")).to_have_count(2)
    expect(alice.locator("#poll-1, #call-1")).to_have_count(0)


def test_a_feature_registers_its_rows(arrange, with_modules: Daphne) -> None:
    scene = arrange()
    scene.server = with_modules
    alice = scene.open("alice")
    say_to_alice = on_its_line(alice)
    version = held(alice)
    alice.evaluate("""async () => {
        const { registerRowKind } = await import("/static/chat/js/room/row-kinds.js");
        registerRowKind("poll-", {
            apply(element) {
                document.getElementById(element.id)?.remove();
                document.querySelector("main").append(element);
            },
        });
    }""")
    for late, text in ((1, "A poll"), (2, "A poll with an answer"), (1, "A poll")):
        say_to_alice(f'<section id="poll-1" data-version="{version + late}">{text}</section>')
    expect(alice.locator("#poll-1")).to_have_text("A poll with an answer")


def test_a_feature_stores_on_the_device_without_a_new_version_of_the_database(
    arrange, with_modules: Daphne
) -> None:
    """Pages of an older release go on with the outbox and the drafts."""
    scene = arrange()
    scene.server = with_modules
    alice = scene.open("alice")
    store = """async (work) => {
        const { table } = await import("/static/chat/js/core/store.js");
        const polls = table("polls");
        if (work === "put") await polls.put({ id: "1", text: "A poll" });
        return { rows: await polls.all(), lasting: polls.lasting, databases: await indexedDB.databases() };
    }"""
    alice.evaluate(store, "put")
    alice.reload()
    found = alice.evaluate(store, "read")
    assert found["rows"] == [{"id": "1", "text": "A poll"}]
    assert found["lasting"]
    versions = {database["name"]: database["version"] for database in found["databases"]}
    me = alice.evaluate("document.body.dataset.me")
    assert versions == {"hypertalk": 2, f"hypertalk polls {me}": 1, f"hypertalk edits {me}": 1}
    # Whoever signs in next in this browser has none of it.
    alice.evaluate("document.body.dataset.me = '0'")
    assert alice.evaluate(store, "read")["rows"] == []


def test_a_feature_that_fails_takes_nothing_from_the_others(arrange, with_modules: Daphne) -> None:
    """Each hook of the first one throws; the messages and their drafts arrive."""
    scene = arrange()
    scene.server = with_modules
    alice, bob = scene.open("alice"), live(scene.open("bob"))
    failing = """import { registerHooks } from "../core/hooks.js";
        const fail = () => { throw new Error("A mistake of a feature"); };
        registerHooks({
            connected: fail, roomOpened: fail, messageQueued: fail, unsaved: fail, signingOut: fail, signedOut: fail,
            messages: { nudge: fail, beat: fail, latest: fail, draft: fail }, latest: { draft: fail },
        });
        export default "";"""

    def with_it_first(route: Route) -> None:
        answer = route.fetch()
        text = answer.text().replace('import "../composer', 'import "./failing.js";\nimport "../composer', 1)
        assert "failing.js" in text
        route.fulfill(response=answer, body=text)

    alice.route(re.compile("app/features.*js"), with_it_first)
    alice.route(
        re.compile("app/failing.*js"),
        lambda route: route.fulfill(body=failing, content_type="text/javascript"),
    )
    alice.reload()
    live(alice)
    send(alice, "From a page with a broken feature")
    expect(bob.locator("#messages .message")).to_have_text(re.compile("From a page"))
    expect(alice.locator("#messages .message")).not_to_have_attribute("data-state", re.compile("."))
    alice.goto(f"{scene.server.url}/profile/")
    live(alice).get_by_role("button", name="Sign out").click()
    alice.wait_for_url(re.compile("/login/"))
    assert len(scene.complaints) > 3
    assert {text for text in scene.complaints if "A mistake of a feature" in text} == set(scene.complaints)
    scene.complaints.clear()


def test_a_feature_adds_an_action_to_messages(arrange, with_modules: Daphne) -> None:
    scene = arrange()
    scene.server = with_modules
    alice = live(scene.open("alice"))
    send(alice, "Vote!")
    alice.evaluate("""async () => {
        const { registerMessageAction } = await import("/static/chat/js/room/message-actions.js");
        registerMessageAction("vote", ({ row, id }) => { row.dataset.voted = id; });
        document.getElementById("actions").insertAdjacentHTML("beforeend", '<button data-action="vote">Vote</button>');
    }""")
    message = alice.locator("#messages .message", has_text="Vote!")
    expect(message).not_to_have_attribute("data-state", "pending")
    message.hover()
    alice.get_by_role("button", name="Vote", exact=True).click()
    expect(message).to_have_attribute(
        "data-voted", (message.get_attribute("id") or "").removeprefix("message-")
    )


def test_a_feature_talks_over_the_socket_when_it_is_connected(arrange, with_modules: Daphne) -> None:
    scene = arrange()
    scene.server = with_modules
    alice = scene.open("alice")
    sent: list[str] = []

    def relay(ours: WebSocketRoute) -> None:
        server = ours.connect_to_server()
        ours.on_message(lambda message: (sent.append(str(message)), server.send(message)))

    alice.route_web_socket(re.compile("/live/"), relay)
    alice.route(
        re.compile(r"/draft-feature[^/]*\.js$"),
        lambda route: route.fulfill(
            content_type="text/javascript",
            body='import { registerHooks } from "../core/hooks.js";'
            'registerHooks({ connected: ({ again, send }) => send({ type: "present", again }) });',
        ),
    )
    alice.reload()
    live(alice)
    until(alice, lambda: '{"type":"present","again":false}' in sent)
