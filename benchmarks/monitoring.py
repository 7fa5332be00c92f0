"""Time from publish to screen as the metrics report it, against a stopwatch in two real pages on the same machine."""

import re
import sys
import time
from collections import Counter

import httpx
from playwright.sync_api import Page, sync_playwright

from benchmarks.load import percentile
from benchmarks.populated import Deployment, Server
from benchmarks.table import Table
from chat.monitoring import metrics
from tests.support.services import chromium, free_port

POSTS, PAUSE = 200, 0.25
TOKEN = "m" * 40
# Wall-clock seconds at which each message was in the document with the server's position, and at which Enter was
# pressed.
WATCH = """
window.shown = {}; window.pressed = [];
const now = () => (performance.timeOrigin + performance.now()) / 1000;
const rows = () => document.querySelectorAll("#messages > [data-seq]");
const look = () => { for (const row of rows()) window.shown[row.id] ??= now(); };
new MutationObserver(look).observe(document.getElementById("messages"), {subtree: true, childList: true, attributes: true});
document.addEventListener("keydown", (event) => event.key === "Enter" && window.pressed.push(now()), true);
"""


def monitoring(table: Table, deployment: Deployment) -> None:
    notes = deployment.folder / "stopwatch"
    env = {
        **deployment.env,
        "DJANGO_SETTINGS_MODULE": "benchmarks.ours",
        "STOPWATCH": str(notes),
        "METRICS_TOKEN": TOKEN,
    }
    port = free_port()
    server = Server(
        deployment.folder, [sys.executable, "manage.py", "serve", "-v", "0", "-p", str(port)], env, port
    )
    try:
        before, pages, after = _talk(deployment, port)
    finally:
        server.close()
    lines = [line.split() for line in notes.read_text().splitlines()][1:]  # the first post warms up
    published = {key: float(at) for key, at in lines}
    writer, reader = pages
    took = [
        at - published[key.removeprefix("message-")]
        for page in pages
        for key, at in page["shown"].items()
        if key.removeprefix("message-") in published
    ]
    total = [
        reader["shown"][f"message-{key}"] - at
        for at, key in zip(
            writer["pressed"], published, strict=True
        )  # in the order in which they were written
    ]
    seen = Counter({key: number - before[key] for key, number in after.items()})
    samples = metrics.observed(seen, "screen")
    for share, name in ((0.5, "p50"), (0.95, "p95")):
        table.add(
            f"publish to screen, stopwatch in both pages, {name}",
            percentile(took, share) * 1000,
            "ms",
            f"{len(took)} times",
        )
        told = metrics.percentile(seen, "screen", share) or 0
        table.add(f"the same, measured by the monitoring, {name}", told * 1000, "ms", f"{samples} samples")
        table.add(
            f"commit to publish, measured by the monitoring, {name}",
            (metrics.percentile(seen, "publish", share) or 0) * 1000,
            "ms",
        )
        table.add(f"from Enter to the other page, stopwatch, {name}", percentile(total, share) * 1000, "ms")


def _talk(deployment: Deployment, port: int) -> tuple[Counter[str], list[dict], Counter[str]]:
    url = f"http://127.0.0.1:{port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        pages = [
            _open(browser, url, session, deployment.rooms["pair-0"]) for session in deployment.sessions[:2]
        ]
        writer, reader = pages
        _say(writer, reader, "Warm", 1)
        for page in pages:
            page.evaluate(WATCH)
        before = _figures(url)
        for n in range(POSTS):
            began = time.monotonic()
            _say(writer, reader, f"Number {n}", n + 2)
            reader.wait_for_timeout(max(0.0, PAUSE - (time.monotonic() - began)) * 1000)
        after = _figures(url)
        noted = [page.evaluate("({shown, pressed})") for page in pages]
        browser.close()
    return before, noted, after


def _open(browser, url: str, session: str, room: str) -> Page:
    context = browser.new_context(viewport={"width": 1280, "height": 832})
    context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
    page = context.new_page()
    page.goto(f"{url}/rooms/{room}/")
    page.wait_for_selector("html[data-live=yes]")
    return page


def _say(writer: Page, reader: Page, text: str, count: int) -> None:
    writer.fill("#body", text)
    writer.press("#body", "Enter")
    reader.wait_for_function(
        "count => document.querySelectorAll('#messages > [data-seq]').length >= count", arg=count, polling=20
    )


def _figures(url: str) -> Counter[str]:
    """Read ``/metrics`` under the names of ``chat.monitoring.metrics``; buckets are not cumulative."""
    text = httpx.get(f"{url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    found: Counter[str] = Counter()
    for name in ("screen", "publish"):
        so_far = 0
        for bound, number in re.findall(
            rf'^hypertalk_{name}_seconds_bucket{{le="(.*?)"}} (\S+)$', text, re.MULTILINE
        ):
            found[f"{name}<={bound.replace('+Inf', 'inf')}"] = int(float(number)) - so_far
            so_far = int(float(number))
    return found
