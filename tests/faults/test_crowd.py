"""Crowds: one client among a thousand never reads, and a thousand connect at once while people in a room post."""

import asyncio
import random
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from statistics import median

import pytest

from benchmarks.load import Crowd, Handshake, post
from tests.faults.breaking import Done, talk_while
from tests.faults.conftest import PEOPLE, Room, talking
from tests.faults.deployment import Deployment
from tests.faults.out import nothing_more_is_heard, put_out
from tests.faults.table import TABLE, Line
from tests.faults.thousand import Heard, Thousand, slowest
from tests.faults.weight import Scales

CROWD = 1000
SAID = 60  # messages by each who posts
POSTS = 30  # in each run
RUNS = (
    7  # with the client that does not read, and as many without: in turn, since the machine's speed changes
)
DEAF = 20
LARGE = "words " * 1600  # 9.6 kB
ENOUGH = 300  # large messages: three times what may be buffered for a client
KILOBYTES_EACH = 2_000  # at most, for a client that does not read, at any moment
ESTABLISHED = 1

type CrowdAt = Callable[[int], Crowd]


@pytest.fixture(scope="module")
def thousand(deployment: Deployment) -> Thousand:
    return Thousand.of(deployment, CROWD)


@pytest.fixture
def crowd_at() -> Iterator[CrowdAt]:
    """A crowd at a port, disconnected at the end."""
    with ExitStack() as leave:
        yield lambda port: leave.enter_context(closing(Crowd(port)))


def layer_down(port: int, path: str, session: str) -> socket.socket:
    """Connect a client that reads nothing afterwards."""
    visit = Handshake(port, path, session, buffer=4096)
    visit.ask()
    while not visit.is_answered():
        pass
    return visit.connection


def is_open(connection: socket.socket) -> bool:
    return connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == ESTABLISHED


def say(crowd: Crowd, body: str) -> None:
    """Wait until everybody who reads has received it."""
    aim = crowd.total + len(crowd.readers)
    crowd.readers[0].send(post(body))
    crowd.until(lambda: crowd.total >= aim)


def test_one_who_never_reads_slows_nobody_among_a_thousand(thousand: Thousand, crowd_at: CrowdAt) -> None:
    port, path = thousand.deployment.fronts[0].daphne.port, thousand.path("thousand")
    *others, last = thousand.sessions
    runs: dict[bool, list[float]] = {False: [], True: []}
    crowd = crowd_at(port)
    crowd.open_all(path, others)
    crowd.settle()
    slowest(crowd, 5)  # the first ones warm up templates and connections
    for there in (False, True) * RUNS:
        with ExitStack() as leave:
            if there:
                connection = layer_down(port, path, last)
                leave.callback(connection.close)
                # More than the kernel buffers: from here on the process buffers.
                for _ in range(20):
                    say(crowd, LARGE)
            runs[there].append(slowest(crowd, POSTS))
            assert not there or is_open(connection), "it was to be there all the time"
    without, beside = runs[False], runs[True]
    TABLE.append(
        Line(
            f"one of {CROWD:,} never reads: p95 of the others {median(beside):.0f} ms ({RUNS} runs), "
            f"without {min(without):.0f} to {max(without):.0f} ms",
            "all the time",
            2 * RUNS * POSTS,
            0,
            0,
            0,
        )
    )
    assert median(beside) <= max(without), runs


def test_who_never_reads_weighs_little_and_is_dropped(thousand: Thousand, crowd_at: CrowdAt) -> None:
    front = thousand.deployment.fronts[0].daphne
    crowd = crowd_at(front.port)
    crowd.open_all(thousand.path("two-hundred"), thousand.sessions[: 200 - DEAF])
    crowd.settle()
    crowd.mark = b"<li"
    say(crowd, LARGE)
    scales = Scales(front.pid)
    silent = [
        layer_down(front.port, thousand.path("two-hundred"), key)
        for key in thousand.sessions[200 - DEAF : 200]
    ]
    for _ in range(ENOUGH):
        say(crowd, LARGE)
    deadline = time.monotonic() + 20  # the closing handshake has its own timeout
    while any(map(is_open, silent)):
        assert time.monotonic() < deadline, f"{sum(map(is_open, silent))} of {DEAF} are still served"
        crowd.read(0.1)
    each = scales.grown / DEAF
    TABLE.append(
        Line(
            f"{DEAF} never read: they cost {each:,.0f} kB each and are dropped",
            "all the time",
            ENOUGH,
            0,
            0,
            0,
        )
    )
    assert each < KILOBYTES_EACH
    for connection in silent:
        connection.close()


async def test_a_thousand_come_at_once_while_a_room_talks(thousand: Thousand, crowd_at: CrowdAt) -> None:
    deployment, fronts = thousand.deployment, thousand.deployment.fronts
    sessions = {f"p{number:02}": key for number, key in enumerate(thousand.sessions[:PEOPLE])}
    room = Room(deployment, thousand.rooms["thousand"], sessions, {}, random.Random("storm"))
    crowds = [crowd_at(front.daphne.port) for front in fronts]
    heard = [Heard(crowd) for crowd in crowds]
    shares = [thousand.sessions[number :: len(fronts)] for number in range(len(fronts))]
    began, came, goal = 0.0, [0.0] * len(fronts), [0]

    def attend(number: int) -> None:
        """Connect, and listen until everything was received."""
        crowd, mine = crowds[number], heard[number]
        crowd.open_all(thousand.path("thousand"), shares[number])
        crowd.until(lambda: len(mine.began) == len(shares[number]))
        came[number] = time.monotonic() - began
        crowd.until(lambda: goal[0] > 0 and not mine.lack(goal[0]), 300)

    async def breaking(_: Done) -> None:
        nonlocal began
        began = time.monotonic()
        attending.extend(
            asyncio.create_task(asyncio.to_thread(attend, number)) for number in range(len(fronts))
        )
        while not all(came) and not any(task.done() for task in attending):  # noqa: ASYNC110 - they are threads
            await asyncio.sleep(0.1)
        for task in attending:
            if task.done():
                task.result()

    attending: list[asyncio.Task[None]] = []
    async with talking(room):
        since = await talk_while(room, SAID, breaking)
        what = f"{CROWD:,} come at once while a room talks; the last is in after {max(came):.1f} s"
        await room.converge(what, "once", since)
        goal[0] = max(talker.page.held for talker in room.talkers)
    await asyncio.gather(*attending)
    assert sum(len(each.began) for each in heard) == CROWD, "nobody was turned away"


async def test_who_is_out_hears_nothing_more_beside_a_thousand_who_come(
    room: Room, thousand: Thousand, crowd_at: CrowdAt
) -> None:
    async def a_thousand_come_at_once(room: Room) -> None:
        crowds = [crowd_at(front.daphne.port) for front in room.deployment.fronts]
        going = asyncio.create_task(put_out(room))
        await asyncio.gather(
            *(
                asyncio.to_thread(
                    crowd.open_all, thousand.path("thousand"), thousand.sessions[number :: len(crowds)]
                )
                for number, crowd in enumerate(crowds)
            )
        )
        await going

    await nothing_more_is_heard(room, a_thousand_come_at_once)


async def test_who_is_out_hears_nothing_more_beside_one_who_never_reads(room: Room) -> None:
    async def one_never_reads(room: Room) -> None:
        session = list(room.sessions.values())[-1]
        with ExitStack() as leave:
            for front in room.deployment.fronts:
                leave.callback(layer_down(front.daphne.port, f"/live/?room={room.id}", session).close)
            await put_out(room)

    await nothing_more_is_heard(room, one_never_reads)
