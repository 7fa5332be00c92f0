"""``python -m benchmarks [name ...]``: run all benchmarks, or the named ones, as one table. See docs/performance.md."""

import sys
import tempfile
from pathlib import Path

from benchmarks import ban, first_minutes, monitoring, scenarios, screens, switching, weight
from benchmarks.populated import LOAD_CORE, Deployment, Stock, pin
from benchmarks.table import Table


def throughput(table: Table, deployment: Deployment) -> None:
    scenarios.throughput(table, deployment, "", 1500, 6000)


def latency(table: Table, deployment: Deployment) -> None:
    scenarios.latency(table, deployment, "", "thousand", 1000, 60)
    scenarios.latency(table, deployment, "", "two-hundred", 200, 60)


SCENARIOS = {
    "delivery": scenarios.delivery,
    "throughput": throughput,
    "latency": latency,
    "http": scenarios.http,
    "handshakes": scenarios.handshakes,
    "ban": ban.ban,
    "monitoring": monitoring.monitoring,
    "scrolling": screens.scrolling,
    "weight": weight.weight,
    "switch": switching.switching,
    "first-minutes": first_minutes.first_minutes,
}
NAMES = (*SCENARIOS, "stock")


def main() -> None:
    wanted = set(sys.argv[1:]) or set(NAMES)
    if unknown := wanted - set(NAMES):
        sys.exit(f"No benchmark is called {', '.join(sorted(unknown))}. Choose from {', '.join(NAMES)}.")
    table = Table()
    pin(LOAD_CORE)
    with tempfile.TemporaryDirectory() as folder:
        deployment = Deployment(Path(folder))
        try:
            measure(table, deployment, wanted)
        finally:
            deployment.close()
    print(f"\n  The load generator's core was busy at most {table.busy:.0%} of the time.")


def measure(table: Table, deployment: Deployment, wanted: set[str]) -> None:
    for name, work in SCENARIOS.items():
        if name in wanted:
            work(table, deployment)
    if "stock" in wanted:
        stock = Stock(deployment)
        try:
            scenarios.stock_delivery(table, stock)
            scenarios.throughput(table, stock, "stock design: ", 40, 1000)
            scenarios.latency(table, stock, "stock design: ", "two-hundred", 200, 30)
        except ConnectionError as lost:
            print(f"  stock design: connections were lost on this machine ({lost}); run it again")
        finally:
            stock.server.close()


if __name__ == "__main__":
    main()
