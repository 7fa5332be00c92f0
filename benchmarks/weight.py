"""In a real browser: what the first visit of a room and a switch to another one ask for, in kB and requests."""

import gzip
from collections import defaultdict

from playwright.sync_api import Page, Response

from benchmarks.populated import Deployment
from benchmarks.screens import room_of, visit
from benchmarks.switching import HELPERS, SWITCH
from benchmarks.table import Table

KINDS = {"document": "HTML", "stylesheet": "CSS", "script": "JS"}


def weight(table: Table, deployment: Deployment) -> None:
    """Rooms of forty messages. Bytes as they are sent; the proxy (deploy/Caddyfile) compresses what the server does not."""
    first, second = room_of(deployment, 40), room_of(deployment, 41)
    with visit(deployment) as page:
        page.add_init_script(HELPERS)
        responses: list[Response] = []
        page.on("response", lambda response: responses.append(response))  # noqa: PLW0108 - it wants a function
        page.goto(first, wait_until="networkidle")
        page.wait_for_selector("html[data-live]")
        report(table, "first visit of a room", responses)
        responses.clear()
        switch(page, second)
        report(table, "switch to another room", responses)


def switch(page: Page, url: str) -> None:
    page.evaluate(SWITCH, url.rstrip("/").rpartition("/")[2])
    page.wait_for_load_state("networkidle")


def report(table: Table, name: str, responses: list[Response]) -> None:
    bytes_of: dict[str, list[int]] = defaultdict(list)
    for response in responses:
        bytes_of[KINDS.get(response.request.resource_type, "the rest")].append(sent(response))
    for kind, sizes in bytes_of.items():
        table.add(f"{name}, {kind}", sum(sizes) / 1000, "kB", f"{len(sizes)} requests")
    total = sum(sum(sizes) for sizes in bytes_of.values())
    table.add(f"{name}, total, compressed", total / 1000, "kB", f"{len(responses)} requests")


def sent(response: Response) -> int:
    if not response.ok:
        return 0
    if "content-encoding" in response.headers:
        return int(response.request.sizes()["responseBodySize"])
    body = response.body()
    return min(len(body), len(gzip.compress(body, 6)))
