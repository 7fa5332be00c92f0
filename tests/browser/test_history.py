"""Catching up, and older messages."""

import re

from playwright.sync_api import Page, Route, expect

from tests.browser.scene import live, send, until

MOST = 280  # rows of the page: the limit, and one page that was just added


def seqs(page: Page) -> list[int]:
    return page.locator("#messages .message").evaluate_all("rows => rows.map(r => Number(r.dataset.seq))")


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
    assert seqs(bob) == list(range(1, 151))


def test_scrolling_up_loads_older_ones_without_a_jump(arrange) -> None:
    scene = arrange("for n in range(200): say(bob if n % 3 else alice, f'Number {n} ' + 'word ' * (n % 40))")
    alice = live(scene.open("alice"))
    expect(alice.locator("#messages .message")).to_have_count(40)
    # The row at the top of the view, since the oldest row may lose its author's name to a neighbour above.
    jumps = alice.evaluate(
        """async () => {
            const stream = document.getElementById("stream");
            const list = document.getElementById("messages");
            const frame = () => new Promise(requestAnimationFrame);
            const rows = () => list.querySelectorAll(".message");
            const worst = [];
            const end = performance.now() + 20000;
            while (document.body.dataset.atStart !== "1") {
                const count = rows().length;
                stream.scrollTop = -(stream.scrollHeight - stream.clientHeight) + 300;
                await frame();
                const top = stream.getBoundingClientRect().top;
                const seen = [...rows()].find((row) => row.getBoundingClientRect().top >= top);
                const before = seen.getBoundingClientRect().top;
                while (rows().length === count) {
                    if (performance.now() > end) throw new Error(`no older ones past ${count}`);
                    await frame();
                }
                await frame();
                worst.push(Math.abs(seen.getBoundingClientRect().top - before));
            }
            return worst;
        }"""
    )
    assert max(jumps) <= 2
    expect(alice.locator("#messages .message")).to_have_count(200)
    expect(alice.get_by_role("heading", name=re.compile("This is the start"))).to_have_count(1)


def test_who_reads_above_keeps_their_position_and_is_told_of_what_comes(arrange) -> None:
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
    expect(bob.locator("#messages").get_by_text("Down here")).to_be_in_viewport()


def test_older_messages_that_do_not_come_are_asked_for_again_calmly(arrange) -> None:
    scene = arrange("for n in range(60): say(alice, f'Number {n}')")
    alice = scene.open("alice", "/rooms/")
    alice.clock.install()
    asked: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.abort()

    alice.route("**/messages/?before=*", refuse)
    with alice.expect_event("requestfailed"):
        alice.goto(scene.url)
        alice.evaluate("document.getElementById('stream').scrollTop = -100000")
    for _ in range(10):
        alice.evaluate("fetch('/healthz/').then(answer => answer.text())")
    assert len(asked) == 1
    alice.unroute("**/messages/?before=*")
    alice.clock.run_for(3000)
    expect(alice.locator("#messages .message")).to_have_count(60)


def test_whoever_was_away_too_long_starts_over_and_still_reads_back_to_the_start(arrange) -> None:
    scene = arrange("for n in range(5): say(alice, f'Early {n}')")
    bob = live(scene.open("bob"))
    bob.context.set_offline(True)
    expect(bob.locator("#connection")).to_be_visible()
    scene.do(
        f"""
from uuid import uuid4
alice = Person.objects.get(user__email="alice@example.com")
room = Room.objects.get(pk="{scene.room}")
for n in range(520): actions.post_message(alice, room.pk, id=uuid4(), body=f"Number {{n}}")
"""
    )
    bob.context.set_offline(False)
    expect(bob.locator("#messages .message[data-seq='525']")).to_be_visible()
    bob.evaluate(
        """async () => {
            const stream = document.getElementById("stream");
            const end = performance.now() + 20000;
            while (document.body.dataset.atStart !== "1") {
                if (performance.now() > end) throw new Error("the start was not reached");
                stream.scrollTop = -stream.scrollHeight;
                await new Promise(requestAnimationFrame);
            }
        }"""
    )
    expect(bob.locator("#messages .message[data-seq='1']")).to_have_count(1)
    here = seqs(bob)
    assert here == list(range(1, len(here) + 1))  # the newest were removed from the page meanwhile
    assert len(here) <= MOST


# Replaces the room that a scene has.
LONG = """
from tests.support.long_room import long_room
room = long_room(room.name + "-long", [alice, bob], unread=UNREAD)
"""
# Scrolls a view at a time until done() is true, and measures how far the visible rows jump when rows come or go.
WALK = """async ([down, until]) => {
    const stream = document.getElementById("stream");
    const list = document.getElementById("messages");
    const frame = () => new Promise(requestAnimationFrame);
    const rows = () => [...list.querySelectorAll(".message")];
    const done = new Function("stream", `return ${until}`);
    let jump = 0, most = 0, steps = 0;
    const end = performance.now() + 60000;
    while (!done(stream)) {
        if (performance.now() > end) throw new Error("it takes too long");
        stream.scrollTop += (down ? 1 : -1) * 0.8 * stream.clientHeight;
        const view = stream.getBoundingClientRect();
        // One row in the middle of the view, whoever's line it has.
        const seen = rows().find((row) => row.getBoundingClientRect().top > view.top + view.height / 3);
        const before = seen?.getBoundingClientRect().top;
        await frame();
        await frame();
        if (seen?.isConnected) jump = Math.max(jump, Math.abs(seen.getBoundingClientRect().top - before));
        most = Math.max(most, rows().length);
        steps += 1;
    }
    return { jump, most, steps };
}"""


def lowest(page: Page) -> int:
    return page.evaluate("Number(document.querySelector('#messages .message').dataset.seq)")


def in_view(page: Page) -> int:
    """The seq of the first message that is completely in view."""
    return page.evaluate(
        """() => {
            const { top } = document.getElementById("stream").getBoundingClientRect();
            const rows = [...document.querySelectorAll("#messages .message")];
            return Number(rows.find((row) => row.getBoundingClientRect().top >= top).dataset.seq);
        }"""
    )


def test_ten_thousand_messages_up_and_down_without_a_jump_in_a_page_that_stays_small(arrange) -> None:
    scene = arrange(LONG.replace("UNREAD", "0"))
    alice = live(scene.open("alice"))
    up = alice.evaluate(
        WALK, [False, "Number(document.querySelector('#messages .message').dataset.seq) < 9000"]
    )
    assert up["jump"] <= 2
    assert up["most"] <= MOST
    here = seqs(alice)
    assert here == list(range(here[0], here[-1] + 1))
    assert here[-1] < 10_000

    # Messages that arrive meanwhile are announced, and not added.
    bob = live(scene.open("bob"))
    send(bob, "At the newest")
    expect(alice.locator("#pill")).to_have_text("1 new message")
    expect(alice.locator(f"#place-{scene.room} .place__last")).to_contain_text("At the newest")
    expect(alice.locator("#messages").get_by_text("At the newest")).to_have_count(0)
    down = alice.evaluate(WALK, [True, "document.body.dataset.atEnd === '1' && stream.scrollTop > -2"])
    assert down["jump"] <= 2
    assert down["most"] <= MOST
    here = seqs(alice)
    assert here == list(range(here[0], 10_002))
    expect(alice.locator("#pill")).to_be_hidden()

    # Far up again: sending a message jumps to the newest, and so does the pill.
    alice.evaluate(WALK, [False, "document.body.dataset.atEnd !== '1'"])
    expect(alice.locator("#pill")).to_have_text("Jump to latest")
    alice.locator("#pill").click()
    expect(alice.locator(".message[data-seq='10001']")).to_be_in_viewport()
    expect(alice.locator("#pill")).to_be_hidden()
    alice.evaluate(WALK, [False, "document.body.dataset.atEnd !== '1'"])
    send(alice, "From far up")
    expect(alice.locator(".message[data-seq='10002']")).to_be_in_viewport()
    assert seqs(alice)[-2:] == [10_001, 10_002]
    expect(alice.locator("[data-state='pending']")).to_have_count(0)


def test_a_link_a_day_and_the_way_back_lead_into_ten_thousand_messages(arrange) -> None:
    scene = arrange(LONG.replace("UNREAD", "300"))
    alice = scene.open("alice", f"/rooms/{scene.room}/?at=4321")
    live(alice)
    meant = alice.locator(".message[data-seq='4321']")
    expect(meant).to_be_in_viewport()
    expect(meant).to_be_focused()
    expect(meant).to_have_attribute("data-marked", "")
    assert abs(in_view(alice) - 4321) < 20
    expect(alice.locator("#actions")).to_be_hidden()

    # Its link, copied from its menu, and followed by another person; then from the text of a message.
    alice.context.grant_permissions(["clipboard-read", "clipboard-write"])
    meant.hover()
    alice.get_by_role("button", name="Copy link").click()
    expect(alice.locator(".toast")).to_have_text("Copied.")
    link = alice.evaluate("navigator.clipboard.readText()")
    bob = scene.open("bob", link.removeprefix(scene.server.url))
    expect(bob.locator(".message[data-seq='4321']")).to_be_focused()
    bob.goto(scene.url)
    live(bob)
    send(bob, f"See {link} please")
    loads: list[str] = []
    bob.on("request", lambda request: loads.append(request.url) if request.is_navigation_request() else None)
    bob.locator(".message").last.get_by_role("link", name=re.compile("messages")).click()
    expect(bob.locator(".message[data-seq='4321']")).to_be_focused()
    assert not loads
    bob.go_back()
    expect(bob.locator(".message[data-seq='10001']")).to_be_in_viewport()

    # A day, from the line between two days.
    alice.locator(".divider__day").first.click()
    day = alice.evaluate("document.querySelector('.message time').dateTime.slice(0, 10)")
    alice.locator("#day input").fill("2001-01-01")
    alice.locator("#day button[type=submit]").click()
    expect(alice.locator(".message[data-seq='1']")).to_be_focused()
    expect(alice.locator(".toast").last).to_contain_text("No messages on")
    alice.get_by_role("button", name="Details").or_(alice.locator("#details-toggle")).first.click()
    alice.locator("#details [data-action='day']").click()
    alice.locator("#day input").fill(day)
    alice.locator("#day button[type=submit]").click()
    until(alice, lambda: in_view(alice) % 500 < 2 and in_view(alice) > 3000)

    # Reload, and visit another room and return.
    here = in_view(alice)
    until(alice, lambda: alice.evaluate("history.state?.position?.seq ?? 0") in range(here - 3, here + 3))
    alice.reload()
    live(alice)
    until(alice, lambda: abs(in_view(alice) - here) <= 1)
    alice.locator(".place").first.click()
    alice.wait_for_url(lambda url: scene.room not in url)
    alice.go_back()
    until(alice, lambda: abs(in_view(alice) - here) <= 1)


def test_more_news_than_fit_are_offered_where_they_begin_and_read_as_they_are_seen(arrange) -> None:
    scene = arrange(LONG.replace("UNREAD", "300"))
    bob = live(scene.open("bob"))
    expect(bob.locator("#missed")).to_contain_text("300 new messages since")
    badge = bob.locator(f"#place-{scene.room} .badge")
    expect(badge).to_have_text("300")
    bob.locator(".missed__go").click()
    expect(bob.locator(".message[data-seq='9701']")).to_be_focused()
    expect(bob.locator(".divider--new")).to_be_in_viewport()
    expect(bob.locator("#missed")).to_be_hidden()
    until(bob, lambda: 250 < int(badge.inner_text()) < 300)
    bob.locator("#pill").click()
    expect(bob.locator("#missed")).to_be_visible()
    bob.get_by_role("button", name="Mark all as read").click()
    expect(badge).to_be_hidden()
    expect(bob.locator("#missed")).to_be_hidden()
    bob.reload()
    live(bob)
    expect(bob.locator("#missed")).to_be_hidden()


def test_without_script_the_history_is_read_page_by_page(arrange) -> None:
    scene = arrange(LONG.replace("UNREAD", "0"))
    alice = scene.open("alice", java_script_enabled=False)
    first = alice.locator(".message").first
    for expected in ("9961", "9921"):
        expect(first).to_have_attribute("data-seq", expected)
        alice.get_by_role("link", name="Older messages").click()
    alice.get_by_role("link", name="Newer messages").click()
    expect(first).to_have_attribute("data-seq", "9921")
    alice.locator(".ways input[type=date]").fill("2001-01-01")
    alice.get_by_role("button", name="Jump", exact=True).click()
    expect(alice.locator(".message[data-seq='1']")).to_be_in_viewport()
    expect(alice.locator(".dock > [data-notice]")).to_contain_text("No messages on")
    alice.get_by_role("link", name="Jump to latest").click()
    expect(alice.locator(".message[data-seq='10000']")).to_be_in_viewport()
    alice.locator(".message[data-seq='9990'] .message__time").click()
    expect(alice.locator(".message[data-seq='9990']:target")).to_be_in_viewport()


def test_what_one_holds_on_to_outlives_its_row(arrange) -> None:
    scene = arrange(LONG.replace("UNREAD", "0"))
    alice = live(scene.open("alice"))
    alice.locator(".message[data-seq='9990']").hover()
    alice.get_by_role("button", name="Edit").click()
    field = alice.locator("form[data-edit] textarea")
    field.fill("Half typed")
    up = alice.evaluate(WALK, [False, "document.querySelectorAll('#messages .message').length > 400"])
    assert up["jump"] <= 2  # the focused row stays, within limits
    expect(field).to_be_focused()
    alice.focus("#body")
    alice.evaluate(WALK, [False, "!document.querySelector('form[data-edit]')"])
    assert alice.locator("#messages .message").count() <= MOST
    alice.locator("#pill").click()
    expect(field).to_have_value("Half typed")
    field.press("Enter")
    expect(alice.locator(".message[data-seq='9990'] .message__text")).to_have_text("Half typed")
