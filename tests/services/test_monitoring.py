"""Two processes count separately; the page adds up what they recorded, also after they have stopped."""

import asyncio
import re
from contextlib import AsyncExitStack
from pathlib import Path

import httpx

from tests.services.conftest import Deployment
from tests.support.arranging import Scene, arrange
from tests.support.screen import Screen
from tests.support.services import Daphne

TOKEN = "m" * 40
OWNER = """
user = users.create_superuser("ada@example.com", "talk-to-me")
actions.ensure_person(user, "Ada")
client = Client()
client.force_login(user)
sessions["ada"] = client.cookies["sessionid"].value
"""


async def counted(daphne: Daphne) -> dict[str, float]:
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {TOKEN}"}) as client:
        answer = await client.get(f"{daphne.url}/metrics")
    assert answer.status_code == 200
    found = re.findall(r"^hypertalk_(\w+(?:{[^}]*})?) ([\d.e+]+)$", answer.text, re.MULTILINE)
    return {name: float(number) for name, number in found}


def most(page: str, picture: str) -> list[str]:
    """The maximum of each line of a chart."""
    words = re.search(rf'id="{picture}-desc">(.*?)</desc>', page)
    assert words
    return re.findall(r"peak ([\d,.–]+),", words[1])


async def test_each_process_answers_for_itself_and_the_page_adds_them_up(
    deployment: Deployment, tmp_path: Path
) -> None:
    env = {
        "DATABASE_URL": deployment.postgres.create("monitoring"),
        "REDIS_URL": deployment.redis.url,
        "REDIS_PREFIX": "monitoring",
    }
    one = Daphne(tmp_path, **env, METRICS_TOKEN=TOKEN)
    two = None
    try:
        one.manage("migrate", "--verbosity", "0")
        two = Daphne(tmp_path, **env, METRICS_TOKEN=TOKEN)
        scene = arrange(one.elsewhere, ["alice", "bob", "charlie"], "monitoring", OWNER)
        await talk(one, two, scene)
        for daphne in (one, two):
            await asyncio.to_thread(daphne.stop)  # the last metrics are stored at shutdown
        one.start()
        async with httpx.AsyncClient(
            base_url=one.url, cookies={"sessionid": scene.sessions["ada"]}, timeout=20
        ) as ada:
            page = (await ada.get("/admin/chat/measure/hour/")).text
            table = (await ada.get("/admin/chat/measure/hour/table/")).text
        assert "<dt>Messages in the last hour</dt><dd>5</dd>" in page
        # If a minute ends between the ends of the two, each has its peak in another minute.
        assert most(page, "hour-sockets")[0] == str(max(column(table, "Open sockets")))
        assert sum(column(table, "Open sockets")) >= 3
        assert sum(column(table, "Deliveries")) == 15
    finally:
        for daphne in filter(None, (one, two)):
            daphne.stop()


def column(tables: str, title: str) -> list[int]:
    """The first numbers of a table's rows, one for each minute."""
    rows = tables.partition(f"<caption>{title}</caption>")[2].partition("</table>")[0]
    return [int(number) for number in re.findall(r"</th><td>(\d+)</td>", rows)]


async def talk(one: Daphne, two: Daphne, scene: Scene) -> None:
    """Alice on the first process, Bob and Charlie on the second one: five messages."""
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        alice = await enter(Screen(one.url, scene.sessions["alice"], scene.room))
        bob = await enter(Screen(two.url, scene.sessions["bob"], scene.room))
        charlie = await enter(Screen(two.url, scene.sessions["charlie"], scene.room))
        for screen, times in ((alice, 2), (bob, 3)):
            for n in range(times):
                await screen.post(f"Number {n}")
        for screen in (alice, bob, charlie):
            await screen.until(lambda screen=screen: len(screen.messages()) == 5)
        first, second = await counted(one), await counted(two)
    assert (first["sockets"], second["sockets"]) == (1, 2)
    assert (first['posts_total{way="http"}'], second['posts_total{way="http"}']) == (2, 3)
    assert (first["deliveries_total"], second["deliveries_total"]) == (5, 10)
    assert (first["publishes_total"], second["publishes_total"]) == (2, 3)
    # Each measures only what it published itself, since clocks of other processes may differ.
    assert 1 <= first["samples_total"] <= 2
    assert 1 <= second["samples_total"] <= 3
