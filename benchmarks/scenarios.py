"""The scenarios, each with what it is compared to in the same run."""

import statistics
import time
from collections.abc import Callable
from uuid import uuid4

import httpx

from benchmarks.crowds import BODY, Target, crowd_of, fan_out, join, pairs_of, pipelined
from benchmarks.load import Crowd, Reader, percentile, post
from benchmarks.populated import Deployment, Floor, Stock, resident_kilobytes
from benchmarks.table import Spent, Table
from hypertalk.caching.row_cache import CHANGED_SECONDS
from tests.support.signed_in import signed_in

FLOOR = "floor: os.write of one frame to 1,000 sockets, CPU each"
DELIVERY = "delivery to 1,000 screens, written by another process, CPU each"
WITH_POST = "the same, with the post itself"
STOCK = "stock design: delivery to 1,000 screens with the post, CPU each"
EMPTY, ROOM = "empty signed-in page, CPU", "room page, 40 messages, 20 rooms in the list, CPU"


def delivery(table: Table, deployment: Deployment) -> None:
    """hypertalk and the lower bound in turns, so that changes in the machine's speed affect both."""
    floor = Floor(deployment.folder, 1000)
    other = deployment.start_another()
    crowd = crowd_of(deployment, "thousand", 1000)
    elsewhere = crowd_of(deployment, "thousand", 1, port=other.port)
    fan_out(crowd, 5)
    shares: dict[str, list[float]] = {FLOOR: [], DELIVERY: [], WITH_POST: []}
    for _ in range(8):
        with table.watched():
            for name, pid, work in (
                (FLOOR, floor.server.pid, lambda: floor.rounds(20)),
                (DELIVERY, deployment.server.pid, lambda: fan_out(crowd, 20, elsewhere.readers[0])),
                (WITH_POST, deployment.server.pid, lambda: fan_out(crowd, 20)),
            ):
                with Spent(pid) as spent:
                    work()
                shares[name].append(spent.seconds / 20_000 * 1e6)
    for name, each in shares.items():
        table.add(name, statistics.median(each), "µs")
        if name != FLOOR:
            table.ratio("times the floor", name, FLOOR)
    for part in (crowd, elsewhere, floor, other):
        part.close()


def stock_delivery(table: Table, stock: Stock) -> None:
    crowd = crowd_of(stock, "thousand", 1000)
    fan_out(crowd, 1)
    with Spent(stock.server.pid) as spent:
        fan_out(crowd, 5)
    table.add(STOCK, spent.seconds / 5000 * 1e6, "µs")
    table.ratio("times ours, with the post", STOCK, WITH_POST)
    table.ratio("times the floor", STOCK, FLOOR)
    crowd.close()


def throughput(table: Table, target: Target, who: str, posts: int, writes: int) -> None:
    """CPU time of everything: the server, the database and the cache."""
    crowd = crowd_of(target, "two-hundred", 200)
    fan_out(crowd, 3)
    with table.watched(), Spent(*target.everything) as spent:
        pipelined(crowd, crowd.readers[:20], posts, 200, 1)
    table.add(f"{who}deliveries per CPU second, room of 200, all processes", posts * 200 / spent.seconds)
    crowd.close()
    crowd = pairs_of(target)
    pipelined(crowd, crowd.readers[::2], 64, 2, 2)
    with table.watched(), Spent(*target.everything) as spent:
        pipelined(crowd, crowd.readers, writes, 2, 4)
    table.add(f"{who}persisted posts per CPU second, 16 rooms of 2, all processes", writes / spent.seconds)
    crowd.close()


def latency(table: Table, target: Target, who: str, room: str, count: int, posts: int) -> None:
    """Ten posts a second; time from sending to each screen."""
    crowd = crowd_of(target, room, count)
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
        crowd.until(lambda aim=aim: crowd.total >= aim)
        while (left := due - time.perf_counter()) > 0:
            crowd.read(left)
    table.add(f"{who}ten posts a second to {count:,} screens, p95", percentile(took, 0.95) * 1000, "ms")
    crowd.close()


def http(table: Table, deployment: Deployment) -> None:
    """Pages and posts over HTTP, one by one over one connection."""
    key = deployment.rooms["side-0"]
    client = httpx.Client(
        base_url=f"http://127.0.0.1:{deployment.server.port}",
        **signed_in(deployment.sessions[0]),
    )

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
    time.sleep(CHANGED_SECONDS + 1)  # until rows that have just changed are cached again
    works = {
        "post over HTTP, full middleware, CPU": posting,
        EMPTY: page("/empty/"),
        ROOM: page(f"/rooms/{key}/"),
    }
    shares: dict[str, list[tuple[float, float]]] = {name: [] for name in works}
    for _ in range(6):
        for name, work in works.items():
            work()
            with Spent(deployment.server.pid) as spent:
                for _ in range(50):
                    work()
            shares[name].append((spent.seconds / 50 * 1000, 50 / spent.wall))
    for name, each in shares.items():
        cpu, rate = (statistics.median(column) for column in zip(*each, strict=True))
        table.add(name, cpu, "ms", f"{rate:,.0f} a second")
    table.ratio("times the empty page", ROOM, EMPTY)


def handshakes(table: Table, deployment: Deployment) -> None:
    """Handshakes, the memory of an idle socket, and how long a thousand sockets wait after the process is killed."""
    deployment.server.close()  # a new process: memory that earlier sockets freed would hide that of these
    deployment.server = deployment.start()
    crowd_of(deployment, "thousand", 50).close()
    weight = resident_kilobytes(deployment.server.pid)
    with Spent(deployment.server.pid) as spent:
        crowd = crowd_of(deployment, "thousand", 1000)
    table.add(
        "handshake of a signed-in person, CPU", spent.seconds, "ms", f"{1000 / spent.wall:,.0f} a second"
    )
    table.add("memory of an idle socket", (resident_kilobytes(deployment.server.pid) - weight) / 1000, "kB")
    crowd.close()
    deployment.server.close()
    began = time.perf_counter()
    deployment.server = deployment.start()
    listening = time.perf_counter()
    crowd = Crowd(deployment.server.port)
    crowd.mark = b'"type": "beat"'
    join(crowd, deployment, "thousand", 1000)
    crowd.until(lambda: crowd.total >= 1000)
    table.add(
        "until a thousand have reconnected after SIGKILL",
        time.perf_counter() - began,
        "s",
        f"of which the process took {listening - began:.1f} to start",
    )
    crowd.close()
