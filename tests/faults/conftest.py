"""One workspace of three Daphnes for all faults, a room of twenty for each, and a table of results."""

import random
import re
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from html import unescape
from pathlib import Path

import pytest

from tests.faults.deployment import Deployment
from tests.faults.table import TABLE, Line
from tests.faults.talker import Talker
from tests.model.page import Row
from tests.support.arranging import arrange
from tests.support.screen import Screen

PEOPLE, FEW = 20, 9
SHORT = 0.3  # factor for the number of messages and of faults
CONVERGE_WITHIN = 60  # seconds; the table has the time it took


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--short", action="store_true", help="the telling faults alone, fewer people and messages"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "short: a fault that a short run has too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--short"):
        others = [item for item in items if not item.get_closest_marker("short")]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in others]


@pytest.fixture(scope="session")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    deployment = Deployment(tmp_path_factory.mktemp("faults"), fronts=3)
    yield deployment
    deployment.stop()


@dataclass
class Room:
    """``talkers`` of one room, spread over the processes. ``chance`` is seeded by the test's name."""

    deployment: Deployment
    id: str
    sessions: dict[str, str]
    members: dict[str, int]
    chance: random.Random
    size: float = 1
    talkers: list[Talker] = field(default_factory=list)

    def of(self, count: int) -> int:
        """Returns ``count`` in a full run, fewer in a short one."""
        return max(1, round(count * self.size))

    async def stored(self) -> list[tuple[Row, str]]:
        """The room's content in the database, read from the server over a connection without faults."""
        url = self.deployment.fronts[0].daphne.url
        fresh = Screen(url, next(iter(self.sessions.values())), self.id)
        async with fresh.http:
            return await fresh.history()

    async def converge(self, what: str, how_long: str, since: float) -> None:
        """Every screen ends with the database's content, which is what people sent: nothing lost, nothing twice, one
        order.
        """
        for talker in self.talkers:
            await talker.all_sent()
        truth = await self.stored()
        for talker in self.talkers:
            await talker.until(lambda talker=talker: talker.agrees(truth), CONVERGE_WITHIN)
        took = time.monotonic() - since
        stored = [row.key.removeprefix("message-") for row, _ in truth]
        sent = [key for talker in self.talkers for key in talker.sent]
        lost = set(sent) - set(stored)
        assert not lost, f"{len(lost)} of {len(sent)} lost"
        assert len(stored) == len(set(stored))
        assert [row.seq for row, _ in truth] == list(range(1, len(stored) + 1))
        meant = {key: words for talker in self.talkers for key, words in talker.meant.items()}
        kept = {row.key.removeprefix("message-"): words_of(html) for row, html in truth}
        undone = {key: (words, kept[key]) for key, words in meant.items() if kept[key] != words}
        assert not undone, f"an edit or a deletion was acknowledged, and lost: {undone}"
        again = [words for key, words in kept.items() if key not in meant and words in meant.values()]
        assert not again, f"kept twice, under another id: {again}"
        for talker in self.talkers:
            assert not talker.refused
            assert talker.acknowledged == set(talker.sent)
            applied = [row for row in talker.applied if row[0].startswith("message-")]
            assert len(applied) == len(set(applied)), "a change was shown twice"
        tries = sum(talker.sent_again for talker in self.talkers)
        TABLE.append(Line(what, how_long, len(sent), tries, len(lost), took))


def words_of(html: str) -> str | None:
    """The text of a shown message; None for a deleted one."""
    shown = re.search(r'class="message__text"[^>]*>(.*?)</div>', html, re.DOTALL)
    return unescape(re.sub(r"<[^>]*>", "", shown[1]).strip()) if shown else None


@pytest.fixture
def room(deployment: Deployment, request: pytest.FixtureRequest) -> Iterator[Room]:
    tag = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower())[-40:].strip("-")
    short = request.config.getoption("--short")
    names = [f"p{number:02}" for number in range(FEW if short else PEOPLE)]
    made = arrange(partial(deployment.manage, "shell", "--no-imports", "-c"), names, tag)
    yield Room(deployment, made.room, made.sessions, made.members, random.Random(tag), SHORT if short else 1)
    for front in deployment.fronts:
        front.mend()


@asynccontextmanager
async def talking(room: Room, count: int = PEOPLE) -> AsyncIterator[list[Talker]]:
    """``count`` people, each with an open page."""
    chosen = list(room.sessions.items())[:count]
    fronts = room.deployment.fronts
    for number, (name, session) in enumerate(chosen):
        talker = Talker(fronts[number % len(fronts)].url, session, room.id, name)
        room.talkers.append(talker)
        await talker.__aenter__()
    try:
        yield room.talkers
    finally:
        for talker in room.talkers:
            await talker.aclose()


def pytest_sessionfinish(session: pytest.Session) -> None:
    if TABLE and not session.config.getoption("--short"):
        folder = Path("var")
        folder.mkdir(exist_ok=True)
        (folder / "faults.md").write_text(Line.table(TABLE))
        print("\n" + Line.table(TABLE))  # noqa: T201
