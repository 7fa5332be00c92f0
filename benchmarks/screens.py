"""In a real browser: scrolling through a long history."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, sync_playwright

from benchmarks.load import percentile
from benchmarks.populated import LOAD_CORE, SERVER_CORE, Deployment, manage
from benchmarks.table import Table
from tests.support.services import chromium

ARRANGE = """
from chat.models import Person
from tests.support.long_room import long_room
room = long_room("long-{count}", list(Person.objects.order_by("pk")[:2]), count={count})
print("MADE" + str(room.pk))
"""
# One step per frame, like a mouse wheel, to the first message and back to the last.
SCROLL = """async ([step]) => {
    const stream = document.getElementById("stream");
    const list = document.getElementById("messages");
    const frame = () => new Promise(requestAnimationFrame);
    const times = [];
    let most = 0;
    const done = step < 0
        ? () => document.body.dataset.atStart === "1" && stream.scrollTop <= stream.clientHeight - stream.scrollHeight + 1
        : () => document.body.dataset.atEnd === "1" && stream.scrollTop > -1;
    let before = await frame();
    while (!done()) {
        stream.scrollTop += step;
        const now = await frame();
        times.push(now - before);
        before = now;
        most = Math.max(most, list.childElementCount);
    }
    return { times, most };
}"""
IDLE = """async () => {
    const frame = () => new Promise(requestAnimationFrame);
    const times = [];
    let before = await frame();
    for (let count = 0; count < 300; count += 1) {
        const now = await frame();
        times.push(now - before);
        before = now;
    }
    return times;
}"""
STEP = 250  # pixels per frame: about three hundred messages a second


@contextmanager
def visit(deployment: Deployment) -> Iterator[Page]:
    mine = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {SERVER_CORE, LOAD_CORE})  # a browser paints in other processes than its scripts
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        context = browser.new_context(viewport={"width": 1280, "height": 832})
        url = f"http://127.0.0.1:{deployment.server.port}"
        context.add_cookies([{"name": "sessionid", "value": deployment.sessions[0], "url": url}])
        yield context.new_page()
        browser.close()
    os.sched_setaffinity(0, mine)


def room_of(deployment: Deployment, count: int) -> str:
    made = manage(deployment.env, "shell", "--no-imports", "-c", ARRANGE.format(count=count)).partition(
        "MADE"
    )[2]
    return f"http://127.0.0.1:{deployment.server.port}/rooms/{made.strip()}/"


def scrolling(table: Table, deployment: Deployment) -> None:
    """Scroll through ten thousand messages, up and down, in a room of two hundred people and an idle page beside it."""
    for count in (200, 10_000):
        with visit(deployment) as page:
            page.set_default_timeout(600_000)
            page.goto(room_of(deployment, count))
            page.wait_for_selector("html[data-live]")
            idle = page.evaluate(IDLE)
            gone = [page.evaluate(SCROLL, [step]) for step in (-STEP, STEP)]
            times = [time for way in gone for time in way["times"]]
            name = f"scrolling through {count:,} messages"
            table.add(f"{name}, frame time, p50", percentile(times, 0.5), "ms", f"{len(times):,} frames")
            table.add(f"{name}, frame time, p95", percentile(times, 0.95), "ms")
            table.add("the same page at rest, frame time, p50", percentile(idle, 0.5), "ms")
            table.add("the same page at rest, frame time, p95", percentile(idle, 0.95), "ms")
            table.add(f"{name}, the slowest frame", max(times), "ms")
            table.add(f"{name}, rows in the page, at most", max(way["most"] for way in gone))
