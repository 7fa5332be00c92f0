"""Runs every measurement and prints one table. ``python -m benchmarks [name ...]``; alone it runs all."""

import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from benchmarks.load import Crowd, Reader, percentile, post
from benchmarks.places import LOAD_CORE, Place, Server, cpu_seconds, pin, resident_kilobytes
from tests.support.services import free_port

BODY = (
    "Words of an ordinary length, to be read by everybody here, by some of them more than once. " * 3
)  # a 900-byte frame


@dataclass
class Table:
    """What was measured. ``busy``: how busy the load generator's core was, at the most."""

    rows: list[tuple[str, str, str]] = field(default_factory=list)
    figures: dict[str, float] = field(default_factory=dict)
    busy: float = 0.0

    def add(self, name: str, figure: float, unit: str, note: str = "") -> None:
        self.figures[name] = figure
        self.rows.append((name, f"{figure:,.2f} {unit}" if figure < 100 else f"{figure:,.0f} {unit}", note))
        print(f"  {name:<58} {self.rows[-1][1]:>18}  {note}", flush=True)

    def ratio(self, name: str, above: str, below: str, unit: str = "times") -> None:
        if above in self.figures and below in self.figures:
            self.add(name, self.figures[above] / self.figures[below], unit)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Whether the load generator itself was the limit."""
        wall, mine = time.perf_counter(), time.process_time()
        yield
        self.busy = max(self.busy, (time.process_time() - mine) / (time.perf_counter() - wall))


@dataclass
class Stock:
    """The usual design on the same PostgreSQL and Redis."""

    place: Place

    def __post_init__(self) -> None:
        env = {
            "DJANGO_SETTINGS_MODULE": "benchmarks.stock.settings",
            "DATABASE_URL": self.place.postgres.create("stock"),
            "REDIS_URL": self.place.redis.url,
        }
        arranged = subprocess.run(
            [sys.executable, "-m", "benchmarks.stock.arrange", "1000"],
            env={**os.environ, **env},
            capture_output=True,
            text=True,
            check=True,
        )
        made = json.loads(arranged.stdout.partition("MADE")[2])
        self.sessions, self.rooms = made["sessions"], made["rooms"]
        port = free_port()
        command = [
            sys.executable,
            "-m",
            "daphne",
            "-v",
            "0",
            "-p",
            str(port),
            "benchmarks.stock.asgi:application",
        ]
        self.server = Server(self.place.folder, command, env, port)

    @property
    def everything(self) -> tuple[int, ...]:
        return (self.server.pid, *self.place.everything[1:])


def crowd_of(target: Place | Stock, room: str, count: int, first: int = 0) -> Crowd:
    """So many people with the room open, past their first beats."""
    crowd = Crowd(target.server.port)
    join(crowd, target, room, count, first)
    crowd.settle()
    return crowd


def join(crowd: Crowd, target: Place | Stock, room: str, count: int, first: int = 0) -> None:
    key = target.rooms[room]
    path = f"/live/?room={key}" if isinstance(target, Place) else f"/live/{key}/"
    for session in target.sessions[first : first + count]:
        crowd.open(path, session, room)


def say(crowd: Crowd, reader: Reader, mark: str) -> None:
    crowd.mark = b"message-" if not mark else mark.encode()
    reader.send(post(f"{mark} {BODY}"))


def fan_out(crowd: Crowd, posts: int) -> None:
    """One post after the other; the next when all have heard."""
    crowd.mark, crowd.pause = b"<li", 0.002
    for _ in range(posts):
        aim = crowd.total + len(crowd.readers)
        crowd.readers[0].send(post(BODY))
        crowd.until(lambda aim=aim: crowd.total >= aim)


def floor(table: Table) -> None:
    """The bare system call, to a thousand sockets."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder), [sys.executable, "benchmarks/floor.py", str(port)], {}, port)
        try:
            crowd = Crowd(port)
            import socket

            master = socket.create_connection(("127.0.0.1", port))
            master.sendall(b"1000")
            for _ in range(1000):
                reader = Reader(socket.create_connection(("127.0.0.1", port)))
                crowd.readers.append(reader)
                crowd._by_number[reader.connection.fileno()] = reader
                crowd._poll.register(reader.connection.fileno(), 1)
            crowd.mark, crowd.pause = b"<li", 0.002
            before = cpu_seconds(server.pid)
            rounds = 150
            with table.watched():
                for _ in range(rounds):
                    aim = crowd.total + 1000
                    master.sendall(b"g")
                    crowd.until(lambda aim=aim: crowd.total >= aim)
                    master.recv(1)
            spent = cpu_seconds(server.pid) - before
            table.add("floor: CPU per delivery, os.write to 1,000 sockets", spent / rounds / 1000 * 1e6, "µs")
            crowd.close()
        finally:
            server.stop()


def delivery(table: Table, place: Place) -> None:
    crowd = crowd_of(place, "thousand", 1000)
    fan_out(crowd, 5)
    posts = 150
    before = cpu_seconds(place.server.pid)
    with table.watched():
        fan_out(crowd, posts)
    spent = cpu_seconds(place.server.pid) - before
    table.add("CPU per delivery, 1,000 sockets in a room, Daphne", spent / posts / 1000 * 1e6, "µs")
    table.ratio("  times the floor", "CPU per delivery, 1,000 sockets in a room, Daphne", FLOOR)
    crowd.close()


FLOOR = "floor: CPU per delivery, os.write to 1,000 sockets"


def stock_delivery(table: Table, stock: Stock) -> None:
    crowd = crowd_of(stock, "thousand", 1000)
    fan_out(crowd, 1)
    posts = 5
    before = cpu_seconds(stock.server.pid)
    fan_out(crowd, posts)
    spent = cpu_seconds(stock.server.pid) - before
    table.add("stock design: CPU per delivery, 1,000 sockets", spent / posts / 1000 * 1e6, "µs")
    table.ratio(
        "  stock design, times ours",
        "stock design: CPU per delivery, 1,000 sockets",
        "CPU per delivery, 1,000 sockets in a room, Daphne",
    )
    crowd.close()


def pipelined(crowd: Crowd, senders: list[Reader], posts: int, each: int, ahead: int) -> None:
    """Each sender keeps so many posts on their way. ``each``: frames that one post brings about."""
    crowd.mark = b"<li"
    start = crowd.total
    sent = 0
    turns = itertools.cycle(senders)
    while sent < posts:
        while sent < posts and sent - (crowd.total - start) / each < ahead * len(senders):
            next(turns).send(post(BODY))
            sent += 1
        crowd.read(0.5)
    crowd.until(lambda: crowd.total - start >= posts * each)


def throughput(table: Table, target: Place | Stock, who: str, posts: int, writes: int) -> None:
    crowd = crowd_of(target, "two-hundred", 200)
    fan_out(crowd, 3)
    before = cpu_seconds(*target.everything)
    with table.watched():
        pipelined(crowd, crowd.readers[:20], posts, 200, 1)
    spent = cpu_seconds(*target.everything) - before
    table.add(f"{who}deliveries a CPU second, room of 200, all counted", posts * 200 / spent, "")
    crowd.close()
    crowd = Crowd(target.server.port)
    for n in range(16):
        join(crowd, target, f"pair-{n}", 2, 2 * n)
    crowd.settle()
    pipelined(crowd, crowd.readers[::2], 64, 2, 2)
    before = cpu_seconds(*target.everything)
    with table.watched():
        pipelined(crowd, crowd.readers, writes, 2, 4)
    spent = cpu_seconds(*target.everything) - before
    table.add(f"{who}persisted posts a CPU second, 16 rooms of 2, all counted", writes / spent, "")
    crowd.close()


def latency(table: Table, target: Place | Stock, who: str, room: str, count: int, posts: int) -> None:
    """Ten posts a second; from sending to each screen."""
    crowd = crowd_of(target, room, count)
    crowd.mark = b"<li"
    took: list[float] = []
    sent = 0.0

    def heard(_reader: Reader, _frame: bytes, now: float) -> None:
        took.append(now - sent)

    for number in range(posts + 5):
        due = time.perf_counter() + 0.1
        if number == 5:
            crowd.heard = heard
        aim = crowd.total + count
        sent = time.perf_counter()
        crowd.readers[0].send(post(BODY))
        with table.watched():
            crowd.until(lambda aim=aim: crowd.total >= aim)
        while time.perf_counter() < due:
            crowd.read(max(0, due - time.perf_counter()))
    table.add(f"{who}ten posts a second to {count:,} screens, p95", percentile(took, 0.95) * 1000, "ms")
    crowd.close()


def http(table: Table, place: Place) -> None:
    """Pages and posts over HTTP, one connection."""
    key = place.rooms["side-0"]
    client = httpx.Client(
        base_url=f"http://127.0.0.1:{place.server.port}",
        cookies={"sessionid": place.sessions[0], "csrftoken": "c" * 32},
        headers={"X-CSRFToken": "c" * 32, "HX-Request": "true"},
    )
    from uuid import uuid4

    def posting() -> None:
        answer = client.post(f"/rooms/{key}/messages/", data={"id": str(uuid4()), "body": BODY})
        assert answer.status_code == 201, answer.text

    def page(path: str) -> Callable[[], None]:
        def get() -> None:
            answer = client.get(path, headers={"HX-Request": ""})
            assert answer.status_code == 200, answer.status_code

        return get

    for _ in range(45):
        posting()
    for name, work, times in (
        ("CPU per post over HTTP, full middleware", posting, 200),
        ("CPU of an empty signed-in page", page("/rooms/empty/"), 300),
        ("CPU of the room page, 40 messages, 20 rooms", page(f"/rooms/{key}/"), 300),
    ):
        try:
            for _ in range(10):
                work()
        except AssertionError:
            continue
        before, began = cpu_seconds(place.server.pid), time.perf_counter()
        for _ in range(times):
            work()
        spent, wall = cpu_seconds(place.server.pid) - before, time.perf_counter() - began
        table.add(name, spent / times * 1000, "ms", f"{times / wall:,.0f} a second, one after the other")


def door(table: Table, place: Place) -> None:
    """Handshakes, and what an idle socket weighs."""
    warm = crowd_of(place, "thousand", 50)
    warm.close()
    weight = resident_kilobytes(place.server.pid)
    before = cpu_seconds(place.server.pid)
    crowd = Crowd(place.server.port)
    began = time.perf_counter()
    join(crowd, place, "thousand", 1000)
    crowd.settle()
    wall = time.perf_counter() - began
    spent = cpu_seconds(place.server.pid) - before
    table.add("CPU per handshake of a signed-in person", spent, "ms", f"{1000 / wall:,.0f} a second")
    table.add("memory per idle socket", (resident_kilobytes(place.server.pid) - weight) / 1000, "kB")
    crowd.close()


def main() -> None:
    wanted = set(sys.argv[1:]) or {"floor", "delivery", "throughput", "latency", "http", "door", "stock"}
    table = Table()
    pin(LOAD_CORE)
    with tempfile.TemporaryDirectory() as folder:
        if wanted & {"floor", "delivery"}:
            floor(table)
        place = Place(Path(folder))
        try:
            if "door" in wanted:
                door(table, place)
            if "delivery" in wanted:
                delivery(table, place)
            if "latency" in wanted:
                latency(table, place, "", "thousand", 1000, 60)
                latency(table, place, "", "two-hundred", 200, 60)
            if "throughput" in wanted:
                throughput(table, place, "", 1500, 6000)
            if "http" in wanted:
                http(table, place)
            if "stock" in wanted:
                stock = Stock(place)
                try:
                    stock_delivery(table, stock)
                    latency(table, stock, "stock design: ", "two-hundred", 200, 30)
                    throughput(table, stock, "stock design: ", 40, 1000)
                finally:
                    stock.server.stop()
        finally:
            place.stop()
    print(f"\n  the load generator's core was busy at most {table.busy:.0%} of the time")


if __name__ == "__main__":
    main()
