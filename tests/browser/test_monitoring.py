"""What the monitoring shows about real pages, to the workspace's owner."""

import re
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import flaws, take
from tests.browser.scene import DESK, PHONE, live, send, texts, until
from tests.support.services import Daphne

MONTH = """
import math
from datetime import timedelta
from django.utils import timezone
from chat.models import Measure
Measure.objects.filter(span=3600).delete()  # of the server itself, if an hour ended meanwhile
now = timezone.now().replace(minute=0, second=0, microsecond=0)
for n in range(1, 700):
    day = 0.5 - 0.5 * math.cos(n * math.tau / 24)
    Measure.objects.create(span=3600, at=now - timedelta(hours=n), figures={
        "posts:socket": int(900 * day), "posts:http": int(40 * day), "sockets^": int(310 * day), "sockets": int(290 * day),
        "deliveries": int(90000 * day), "nudges": int(20000 * day), "screen<=0.01": 200, "screen<=0.02": 90,
        "screen<=0.08": 12, "publish<=0.002": 200, "publish<=0.005": 30, "gaps_seen": n % 7, "gaps_closed:late": n % 7,
        "catch_ups:some": n % 11,
        "request:2xx<=0.01": int(4000 * day), "request:2xx<=0.05": 200, "errors:http": int(n == 300)})
minute = now + timedelta(minutes=timezone.now().minute)
for n in range(1, 60):
    Measure.objects.create(span=60, at=minute - timedelta(minutes=n), process="another", figures={
        "posts:socket": n * 7 % 31, "sockets^": 200 + n % 9, "sockets": 198, "deliveries": n * 7 % 31 * 120,
        "screen<=0.015": 20, "screen<=0.03": 3, "publish<=0.003": 20, "request:2xx<=0.01": 90 + n % 13})
"""
FORGET = "from chat.models import Measure\nMeasure.objects.filter(process__in=['', 'another']).delete()"
ADA = """
ada = Person.objects.get(user__email="admin@example.com")
client = Client()
client.force_login(ada.user)
sessions_of_ada = client.cookies["sessionid"].value
"""


@pytest.fixture
def owner(server: Daphne) -> str:
    """A session of the workspace's owner."""
    code = (
        "from django.test import Client\nfrom chat.models import Person\n"
        + ADA
        + "print('KEY' + sessions_of_ada)"
    )
    return server.elsewhere(code).partition("KEY")[2].strip()


def told(page: Page, picture: str) -> str:
    return " ".join(page.locator(f"#{picture}-desc").text_content().split())


def test_a_screen_says_when_it_has_a_message_and_the_owner_sees_it_without_reloading(
    arrange, owner: str
) -> None:
    scene = arrange()
    scene.sessions["ada"] = owner
    desk = scene.open("ada", "/admin/chat/measure/")
    alice, bob = live(scene.open("alice")), live(scene.open("bob"))
    before = desk.locator("dd").nth(1).text_content()
    for n in range(3):
        send(alice, f"Number {n}")
        until(bob, lambda n=n: texts(bob)[-1:] == [f"Number {n}"])
    expect(desk.locator("dd").nth(1)).not_to_have_text(before, timeout=25_000)  # ten seconds, and ten
    assert re.search(r"\d ms", desk.locator("dd").nth(2).text_content())
    assert re.search(r"peak [\d.]+", told(desk, "hour-screen"))
    # The numbers themselves, from the process.
    answer = httpx.get(
        f"{scene.server.url}/metrics",
        headers={"Authorization": f"Bearer {scene.server.env['METRICS_TOKEN']}"},
    )
    counted = dict(re.findall(r"^hypertalk_(\w+(?:{[^}]*})?) ([\d.]+)$", answer.text, re.MULTILINE))
    assert float(counted["screen_seconds_count"]) >= 1
    assert float(counted["samples_total"]) >= float(counted["screen_seconds_count"])
    assert float(counted["sockets"]) >= 2


def test_axe_finds_nothing_on_the_charts(arrange, owner: str, pictures: Path) -> None:
    scene = arrange()
    scene.sessions["ada"] = owner
    scene.server.elsewhere(MONTH)
    try:
        page = scene.open("ada", "/admin/chat/measure/")
        assert told(page, "month-sockets").startswith("Peak: peak 310")
        for width, size in (("desk", DESK), ("phone", PHONE)):
            for scheme in ("light", "dark"):
                page.set_viewport_size(size)
                page.emulate_media(color_scheme=scheme)
                look(page, pictures / f"monitoring-{width}-{scheme}.png")
        page.get_by_role("link", name="The last hour as a table").click()
        look(page, pictures / "monitoring-table-phone-dark.png")
    finally:
        scene.server.elsewhere(FORGET)


def look(page: Page, picture: Path) -> None:
    """axe finds nothing, and nothing scrolls sideways."""
    take(page, picture, full_page=True)
    assert not flaws(page, picture.stem, within="#content-main")
