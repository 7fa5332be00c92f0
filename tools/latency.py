"""Time from pressing send to the other person's screen: 200 posts, one real Daphne, SQLite and memory. Prints p50 and
p95 in ms.

Run as ``make latency``. A post is sent over HTTP, as the page does; it has arrived when the other socket has its frame.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, ".")

from tests.support.arranging import arrange
from tests.support.screen import Screen
from tests.support.services import Daphne

POSTS = 200


async def measure(url: str, sessions: dict[str, str], room: str) -> list[float]:
    took = []
    async with Screen(url, sessions["alice"], room) as alice, Screen(url, sessions["bob"], room) as bob:
        for n in range(POSTS + 10):
            began = time.perf_counter()
            posting = asyncio.create_task(alice.post(f"Number {n}"))
            await bob.until(lambda n=n: len(bob.messages()) == n + 1)
            took.append((time.perf_counter() - began) * 1000)
            await posting
    return took[10:]  # the first few warm up


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        daphne = Daphne(Path(folder), DATABASE_URL=f"sqlite:///{folder}/db.sqlite3", POST_LIMIT="100000/1s")
        try:
            daphne.manage("migrate", "--verbosity", "0")
            scene = arrange(daphne.elsewhere, ["alice", "bob"], "latency")
            took = asyncio.run(measure(daphne.url, scene.sessions, scene.room))
        finally:
            daphne.stop()
    cuts = statistics.quantiles(took, n=100)
    print(f"post to the other person's screen, {POSTS} posts: p50 {cuts[49]:.1f} ms, p95 {cuts[94]:.1f} ms")


if __name__ == "__main__":
    main()
