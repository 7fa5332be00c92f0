"""In a real browser: from a click on a room to the caret, with that room's messages in view."""

from playwright.sync_api import Page

from benchmarks.load import percentile
from benchmarks.populated import Deployment, manage
from benchmarks.screens import visit
from benchmarks.table import Table

ROOMS, WARM, WHOLE = (
    100,
    5,
    20,
)  # rooms; of them, those that are visited again and again; loads of a whole page
ARRANGE = f"""
from chat.models import Person
from tests.support.long_room import long_room
people = list(Person.objects.order_by("pk")[:2])
print("MADE" + " ".join(str(long_room(f"switch-{{n:03}}", people, count=40).pk) for n in range({ROOMS})))
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


def switching(table: Table, deployment: Deployment) -> None:
    """A room for the first time (cold), one of the last five again (warm), and a whole page of each, in the same run."""
    made = manage(deployment.env, "shell", "--no-imports", "-c", ARRANGE).partition("MADE")[2].split()
    with visit(deployment) as page:
        page.set_default_timeout(60_000)
        page.add_init_script(HELPERS)
        page.goto(f"http://127.0.0.1:{deployment.server.port}/rooms/{made[0]}/")
        page.wait_for_selector("html[data-live]")
        whole = [load(page, room) for room in made[1 : WHOLE + 1]]
        cold = [page.evaluate(SWITCH, room) for room in made]
        for room in made[:WARM]:
            page.evaluate(SWITCH, room)
        warm = [page.evaluate(SWITCH, made[n % WARM]) for n in range(ROOMS)]
    for name, times in (("cold", cold), ("warm", warm), ("as a whole page", whole)):
        table.add(
            f"switching rooms, {name}, click to caret, p50",
            percentile(times, 0.5),
            "ms",
            f"{len(times)} times",
        )
        table.add(f"switching rooms, {name}, click to caret, p95", percentile(times, 0.95), "ms")


def load(page: Page, room: str) -> float:
    with page.expect_navigation(wait_until="commit"):
        page.evaluate(LEAVE, room)
    milliseconds: float = page.evaluate(ARRIVE, room)
    page.wait_for_selector("html[data-live]")
    return milliseconds
