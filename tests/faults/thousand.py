"""A thousand people, with the thin clients of benchmarks/load.py: sockets in one thread, which parse only frames."""

import json
import re
import time
from dataclasses import dataclass

from benchmarks.crowds import BODY
from benchmarks.load import Crowd, Reader, percentile, post
from benchmarks.populated import PEOPLE
from tests.faults.deployment import Deployment

VERSION = re.compile(rb'data-version="(\d+)"')


@dataclass
class Thousand:
    """``sessions`` of people in the order in which they joined; ``rooms``: ids by name. All are in ``thousand``."""

    deployment: Deployment
    sessions: list[str]
    rooms: dict[str, str]

    @classmethod
    def of(cls, deployment: Deployment, count: int) -> "Thousand":
        out = deployment.manage("shell", "--no-imports", "-c", PEOPLE.format(people=count))
        return cls(deployment, **json.loads(out.partition("MADE")[2]))

    def path(self, room: str) -> str:
        return f"/live/?room={self.rooms[room]}"


class Heard:
    """What each socket received: the version of its first beat, and those of all rows since."""

    def __init__(self, crowd: Crowd) -> None:
        self.began: dict[Reader, int] = {}
        self.versions: dict[Reader, set[int]] = {}
        crowd.mark, crowd.heard = b"", self._take

    def _take(self, reader: Reader, frame: bytes, _: float) -> None:
        if frame.startswith(b"<"):
            self.versions.setdefault(reader, set()).update(map(int, VERSION.findall(frame)))
        elif reader not in self.began and (beat := json.loads(frame))["type"] == "beat":
            self.began[reader] = beat["version"]

    def lack(self, version: int) -> int:
        """How many sockets did not receive each change up to this version, since their first beat."""
        return sum(
            not self.versions.get(reader, set()).issuperset(range(began + 1, version + 1))
            for reader, began in self.began.items()
        )


def slowest(crowd: Crowd, posts: int) -> float:
    """At most ten posts a second. Returns milliseconds from sending to the screens, p95."""
    took: list[float] = []
    crowd.mark = b"<li"
    for _ in range(posts):
        aim, sent = crowd.total + len(crowd.readers), time.perf_counter()
        crowd.heard = lambda _reader, _frame, now, sent=sent: took.append(now - sent)
        crowd.readers[0].send(post(BODY))
        crowd.until(lambda aim=aim: crowd.total >= aim)
        while (left := sent + 0.1 - time.perf_counter()) > 0:
            crowd.read(left)
    return percentile(took, 0.95) * 1000
