"""``MINUTES=60 RATE=300 make soak``: people connect, post, edit, read and disconnect, and no resource may grow.

Two servers, the database, the cache and the clients share this machine's two cores. Of each server it samples memory,
file descriptors, threads, tasks and database connections. The exit code is 1 if one of these was higher in the last
quarter of the time than in the second, by more than its margin. Each sample is also a line of var/soak.csv.
"""

import csv
import itertools
import os
import random
import re
import statistics
import sys
import tempfile
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg

from benchmarks.load import Crowd, Reader, post
from benchmarks.populated import LOAD_CORE, METRICS_TOKEN, Deployment, Server, pin, resident_kilobytes

MINUTES = float(os.environ.get("MINUTES", "60"))
RATE = int(os.environ.get("RATE", "300"))  # posts a second, over both servers
LOOKS = 60  # samples in all, but at most one every five seconds
PRESENT = 150  # sockets on each server
# Per second, over both servers.
COMING, EDITING, DELETING, ASKING, READING = 6, 3, 1, 4, 20
ROOMS = ("two-hundred", *(f"pair-{n}" for n in range(16)))
WIDE = 0.03  # share of the posts that go to the room of two hundred
# Growth that is allowed between the quarters: a share, and an amount for chance.
MARGINS = {
    "memory, MB": (0.05, 5),
    "files": (0.05, 5),
    "threads": (0, 3),
    "tasks": (0.05, 15),
    "connections": (0, 3),
}
PAGE = "page, ms"


@dataclass(eq=False)
class Side:
    """One server and its clients. ``recent``: the last message ids, with their authors."""

    deployment: Deployment
    server: Server

    def __post_init__(self) -> None:
        self.crowd = Crowd(self.server.port)
        self.crowd.mark = b'"type": "posted"'
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{self.server.port}", timeout=60)
        self.who: dict[Reader, str] = {}
        self.recent: deque[tuple[str, str, str]] = deque(maxlen=500)
        self.sent = 0
        self.pages: list[float] = []

    def come(self, chance: random.Random) -> None:
        """Connect a person who belongs here: two in each pair, two hundred in the large room."""
        room = chance.choice(ROOMS)
        pair = re.fullmatch(r"pair-(\d+)", room)
        number = 2 * int(pair[1]) + chance.randrange(2) if pair else chance.randrange(200)
        session = self.deployment.sessions[number]
        self.who[self.crowd.open(self.deployment.path(room), session, room)] = session

    def go(self, chance: random.Random) -> None:
        reader = chance.choice(self.crowd.readers)
        del self.who[reader]
        self.crowd.drop(reader)

    def talk(self, chance: random.Random) -> None:
        wide = chance.random() < WIDE
        here = [r for r in self.crowd.readers if (r.room == "two-hundred") == wide] or self.crowd.readers
        reader = chance.choice(here)
        frame = post(f"{chance.choice(('Yes.', 'No.', 'I will have a look.'))} {self.sent}")
        key = frame.partition('"id": "')[2][:36]
        reader.send(frame)
        self.sent += 1
        self.recent.append((key, self.who[reader], self.deployment.rooms[reader.room]))

    def read(self, chance: random.Random) -> None:
        chance.choice(self.crowd.readers).send('{"type": "read", "seq": 1000000}')

    def write(self, chance: random.Random, what: str, **data: str) -> None:
        """Edit or delete a message; deleted messages can't be edited."""
        if self.recent:
            key, session, _ = chance.choice(self.recent)
            answer = self._ask("POST", f"/messages/{key}/{what}/", session, data)
            assert answer.status_code in {200, 403, 404}, answer.text

    def ask(self, chance: random.Random) -> None:
        """Request a room's page, or its changes."""
        if self.recent:
            _, session, room = self.recent[-1]
            began = time.perf_counter()
            assert self._ask("GET", f"/rooms/{room}/", session).status_code == 200
            self.pages.append((time.perf_counter() - began) * 1000)
            after = chance.randrange(1000)
            assert self._ask("GET", f"/rooms/{room}/changes/?after={after}", session).status_code == 200

    def figures(self, connections: dict[str, int]) -> dict[str, float]:
        text = self.http.get("/metrics", headers={"Authorization": f"Bearer {METRICS_TOKEN}"}).text
        found = dict(re.findall(r"^(\w+) (\S+)$", text, re.MULTILINE))
        return {
            "memory, MB": resident_kilobytes(self.server.pid) / 1000,
            "files": _count(self.server.pid, "fd"),
            "threads": _count(self.server.pid, "task"),
            "tasks": float(found["hypertalk_tasks"]),
            "connections": connections.get(f"server-{self.server.port}", 0),
        }

    def _ask(
        self, method: str, path: str, session: str, data: dict[str, str] | None = None
    ) -> httpx.Response:
        self.crowd.read(0)
        headers = {"Cookie": f"sessionid={session}; csrftoken={'c' * 32}", "X-CSRFToken": "c" * 32}
        script = {"HX-Request": "true"} if method == "POST" or "changes" in path else {}
        return self.http.request(method, path, data=data, headers={**headers, **script})


def _count(pid: int, what: str) -> int:
    return sum(1 for _ in Path(f"/proc/{pid}/{what}").iterdir())


def second(sides: list[Side], chance: random.Random) -> None:
    """Everything that happens in one second."""
    began = time.monotonic()
    turns = itertools.cycle(sides)
    acts = [Side.talk] * RATE + [Side.read] * READING + [Side.ask] * ASKING
    acts += [lambda side, by: side.write(by, "edit", body=f"On second thoughts, {uuid4()}")] * EDITING
    acts += [lambda side, by: side.write(by, "delete")] * DELETING
    acts += [lambda side, by: (side.go(by), side.come(by))] * COMING
    chance.shuffle(acts)
    for number, act in enumerate(acts):
        act(next(turns), chance)
        if number % 10 == 0:
            for side in sides:
                side.crowd.read(0)
        if (left := began + number / len(acts) - time.monotonic()) > 0:
            next(turns).crowd.read(left)
    while (left := began + 1 - time.monotonic()) > 0:
        for side in sides:
            side.crowd.read(left / 10)


def soak(deployment: Deployment) -> int:
    """Returns the exit code."""
    chance = random.Random(6)  # noqa: S311 - the same each time
    sides = [Side(deployment, deployment.server), Side(deployment, deployment.start_another())]
    for side in sides:
        for _ in range(PRESENT):
            side.come(chance)
    looks: list[dict[str, float]] = []
    began = time.monotonic()
    end, every = began + 60 * MINUTES, max(5, MINUTES * 60 / LOOKS)
    with psycopg.connect(deployment.env["DATABASE_URL"], autocommit=True) as database:
        while time.monotonic() < end:
            due, before, sent = time.monotonic() + every, time.monotonic(), sum(side.sent for side in sides)
            while time.monotonic() < due:
                second(sides, chance)
            rate = (sum(side.sent for side in sides) - sent) / (time.monotonic() - before)
            looks.append(look(sides, database, time.monotonic() - began, rate))
            keep(looks)
        time.sleep(1)
        for side in sides:
            side.crowd.settle()
        (kept,) = database.execute("SELECT COUNT(*) FROM chat_message").fetchone() or (0,)
    sent, known = sum(side.sent for side in sides), sum(side.crowd.total for side in sides)
    print(f"\n  {sent:,} posts sent, {known:,} answered, {kept:,} stored")
    for side in sides:
        side.crowd.close()
    sides[1].server.close()
    return verdict(looks) or int(kept < known)


def look(sides: list[Side], database: psycopg.Connection, seconds: float, rate: float) -> dict[str, float]:
    """Take a sample and print it."""
    counted = database.execute("SELECT application_name, COUNT(*) FROM pg_stat_activity GROUP BY 1")
    connections = dict(counted.fetchall())
    seen: dict[str, float] = {"seconds": round(seconds), "posts a second": round(rate)}
    for number, side in enumerate(sides, 1):
        seen |= {f"{name} of {number}": figure for name, figure in side.figures(connections).items()}
    seen[PAGE] = round(statistics.median([page for side in sides for page in side.pages] or [0]), 1)
    for side in sides:
        side.pages.clear()
    print("  " + "  ".join(f"{name} {figure:g}" for name, figure in seen.items()), flush=True)
    return seen


def keep(looks: list[dict[str, float]]) -> None:
    Path("var").mkdir(exist_ok=True)
    with Path("var/soak.csv").open("w", newline="") as rows:
        writer = csv.DictWriter(rows, looks[0])
        writer.writeheader()
        writer.writerows(looks)


def verdict(looks: list[dict[str, float]]) -> int:
    """Return 0 if nothing grew: the last quarter is no higher than the second, apart from the margin."""
    quarter = len(looks) // 4
    if not quarter:
        print("  The run was too short for a verdict.")
        return 1
    wrong = 0
    for name in looks[0]:
        early = statistics.mean(each[name] for each in looks[quarter : 2 * quarter])
        late = statistics.mean(each[name] for each in looks[-quarter:])
        share, bit = MARGINS.get(name.partition(" of ")[0], (float("inf"), 0))
        grown = late > early * (1 + share) + bit
        wrong += grown
        if name != "seconds":
            print(
                f"  {name:<20} second quarter {early:10,.1f}   last {late:10,.1f}  {'GROWN' if grown else ''}"
            )
    return int(bool(wrong))


def main() -> None:
    pin(LOAD_CORE)
    with tempfile.TemporaryDirectory() as folder:
        deployment = Deployment(Path(folder), people=200)
        try:
            code = soak(deployment)
        finally:
            deployment.close()
    sys.exit(code)


if __name__ == "__main__":
    main()
