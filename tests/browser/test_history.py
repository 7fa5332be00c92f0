"""What was missed, and what came before."""

import re

from playwright.sync_api import Page, Route, expect

from tests.browser.scene import live, send


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
    # The row at the top of the view, as the oldest one here may lose its author's line to a neighbour above.
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
    assert seqs(bob) == list(range(1, 526))
