"""Time from a moderator's click until the banned person's sockets receive nothing more."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import httpx

from benchmarks.crowds import crowd_of
from benchmarks.load import Crowd, Reader, percentile
from benchmarks.populated import Deployment
from benchmarks.table import Table
from tests.support.signed_in import signed_in

BANS = 100


def ban(table: Table, deployment: Deployment) -> None:
    """A room of 200 on two processes. Each banned person has four sockets: on each process one in this room and one
    outside.
    """
    other = deployment.start_another()
    crowds = [
        crowd_of(deployment, "two-hundred", 200, port=port) for port in (deployment.server.port, other.port)
    ]
    sessions = deployment.sessions[1 : BANS + 1]
    theirs: list[list[Reader]] = [[] for _ in sessions]
    for crowd in crowds:
        for readers, there, session in zip(theirs, crowd.readers[1 : BANS + 1], sessions, strict=True):
            readers += [there, crowd.open("/live/", session)]
    heard = _watch(crowds)
    client = httpx.Client(
        base_url=f"http://127.0.0.1:{deployment.server.port}",
        **signed_in(deployment.sessions[0]),
    )
    took: list[float] = []
    with ThreadPoolExecutor(1) as clicking:
        for member, readers in zip(deployment.members("two-hundred")[1 : BANS + 1], theirs, strict=True):
            began = time.perf_counter()
            path = f"/rooms/{deployment.rooms['two-hundred']}/members/{member}/ban/"
            click = clicking.submit(client.post, path)
            _until_silent(crowds, heard, readers)
            took.append(max(heard[reader] for reader in readers) - began)
            assert click.result().status_code == 204, click.result().text
    table.add(
        "from a ban to the last of the banned person's four sockets, p95",
        percentile(took, 0.95) * 1000,
        "ms",
        f"{percentile(took, 0.5) * 1000:.0f} at the median, two processes, room of 200",
    )
    for part in (*crowds, other):
        part.close()


def _watch(crowds: Sequence[Crowd]) -> dict[Reader, float]:
    """Record when each socket is notified that the room is gone, from now on."""
    heard: dict[Reader, float] = {}
    for crowd in crowds:
        crowd.settle()
        crowd.mark = b'"type": "gone"'
        crowd.heard = lambda reader, _frame, now: heard.setdefault(reader, now)
    return heard


def _until_silent(crowds: Sequence[Crowd], heard: dict[Reader, float], readers: Sequence[Reader]) -> None:
    deadline = time.monotonic() + 30
    while not all(reader in heard for reader in readers):
        for crowd in crowds:
            crowd.read(0.001)
        if time.monotonic() > deadline:
            raise TimeoutError
