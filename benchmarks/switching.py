"""In a real browser: from a click on a room to the caret, with that room's messages in view."""

from playwright.sync_api import Page

from benchmarks.load import percentile
from benchmarks.populated import Deployment, manage
from benchmarks.screens import visit
from benchmarks.table import Table

TIMES = 100  # rooms, each shown once for the first time, once as a whole page
WARM = 5  # of them are shown again and again
SWITCHES = 300  # after which nothing may have grown
ARRANGE = f"""
from chat.models import Person
from tests.support.long_room import long_room
people = list(Person.objects.order_by("pk")[:2])
print("MADE" + " ".join(str(long_room(f"switch-{{n:03}}", people, count=40).pk) for n in range({TIMES + 1})))
"""
# In view: the room's last message is painted inside of the stream, and the composer has the caret.
HELPERS = """
window.shows = (room) => {
    const stream = document.getElementById("stream");
    const last = [...document.querySelectorAll("#messages > .message[data-seq]")].at(-1);
    if (document.body.dataset.room !== room || stream?.dataset.room !== room || last?.dataset.room !== room) return false;
    const { bottom, height } = last.getBoundingClientRect();
    const view = stream.getBoundingClientRect();
    return height > 0 && bottom > view.top && bottom <= view.bottom + 1 && document.activeElement?.id === "body";
};
window.whenShown = async (room) => {
    while (!window.shows(room)) await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    return Date.now();
};
"""
SWITCH = """async (room) => {
    const began = performance.now();
    document.getElementById(`go-${room}`).click();
    await window.whenShown(room);
    return performance.now() - began;
}"""
LEAVE = "(room) => { sessionStorage.began = Date.now(); location.assign(document.getElementById(`go-${room}`).href); }"
ARRIVE = "async (room) => await window.whenShown(room) - Number(sessionStorage.began)"


WHOLE, COLD, AGAIN = "as a whole page", "cold", "warm"


def switching(table: Table, deployment: Deployment) -> None:
    """Each room as a whole page, then for the first time in one page (cold), then the last five again and again (warm)."""
    made = manage(deployment.env, "shell", "--no-imports", "-c", ARRANGE).partition("MADE")[2].split()
    base = f"http://127.0.0.1:{deployment.server.port}/rooms"
    start, *rooms = made
    with visit(deployment) as page:
        page.set_default_timeout(60_000)
        page.add_init_script(HELPERS)
        for room in rooms:  # as on a server that has run for a while: the messages are rendered
            page.request.get(f"{base}/{room}/")
        open_page(page, f"{base}/{start}/")
        times = {WHOLE: [load(page, room) for room in rooms]}
        open_page(page, f"{base}/{start}/")
        times[COLD] = [page.evaluate(SWITCH, room) for room in rooms]
        times[AGAIN] = [page.evaluate(SWITCH, rooms[-1 - n % WARM]) for n in range(1, TIMES + 1)]
        for name, each in times.items():
            for share in (50, 95):
                note = f"{len(each)} times" if share == 50 else ""
                table.add(figure(name, share), percentile(each, share / 100), "ms", note)
        for name in (COLD, AGAIN):
            for share in (50, 95):
                table.ratio(f"times as fast, {name}, p{share}", figure(WHOLE, share), figure(name, share))
        before = held(page)
        for n in range(SWITCHES):
            page.evaluate(SWITCH, rooms[-1 - (n + 1) % WARM])
        for name, count in held(page).items():
            table.add(f"{name} after {SWITCHES} more switches", count, "", f"{before[name]:,.0f} before")


def figure(name: str, share: int) -> str:
    return f"switching rooms, {name}, click to caret, p{share}"


def open_page(page: Page, url: str) -> None:
    page.goto(url)
    page.wait_for_selector("html[data-live]")


def held(page: Page) -> dict[str, float]:
    """What the page holds in memory after the garbage is collected."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("HeapProfiler.collectGarbage")
    devtools.send("Performance.enable")
    found = {each["name"]: each["value"] for each in devtools.send("Performance.getMetrics")["metrics"]}
    devtools.detach()
    return {"DOM nodes": found["Nodes"], "event listeners": found["JSEventListeners"]}


def load(page: Page, room: str) -> float:
    with page.expect_navigation(wait_until="commit"):
        page.evaluate(LEAVE, room)
    milliseconds: float = page.evaluate(ARRIVE, room)
    page.wait_for_selector("html[data-live]")
    return milliseconds
